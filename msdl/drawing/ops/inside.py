"""Where stacks stand within their cell: Graphviz's `dot` lays them out, once for all cells that are built alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from msdl.drawing.picture import Point
from msdl.drawing.render import NOT_INSTALLED, Unrendered

INCH = 72
BESIDE, BELOW = 12.0, 17.0
# How near to the foot of a stack a line has to start, and to the head of one to end.
NEAR = 3.0
# How much it matters that a line is straight: the longest way through a cell comes first, other chains next.
LONGEST, CHAIN = 10, 4

Curve = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cell is built of: sizes of its stacks, who reads whom, which read other cells.

    `lanes` are stacks for which a way in from above is kept free, since they can't be reached from a side.
    """

    sizes: tuple[tuple[float, float], ...]
    edges: tuple[tuple[int, int], ...]
    tops: tuple[int, ...]
    lanes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Inside:
    """A cell laid out: `places` are the middles of its stacks, from the lower left corner.

    A lane is a curve as well: that of (-1 - n, stack) for the n-th lane, from the cell's upper edge.
    """

    width: float
    height: float
    places: tuple[Point, ...]
    sizes: tuple[tuple[float, float], ...]
    curves: dict[tuple[int, int], Curve]


@lru_cache(maxsize=4096)
def inside(plan: Plan) -> Inside:
    """The layout of a cell by Graphviz, in this process. Raises Unrendered where it is not installed.

    Lines go from a stack's foot to the next one's head: those that Graphviz draws from side to side are told to.
    """
    laid = _laid(plan, frozenset())
    sideways = frozenset(edge for edge in plan.edges if _is_sideways(laid, edge))
    return _laid(plan, sideways) if sideways else laid


def _is_sideways(laid: Inside, edge: tuple[int, int]) -> bool:
    """Whether a line starts above its source's last op, or ends below its target's first."""
    start, end = laid.curves[edge][0], laid.curves[edge][-1]
    source, target = edge
    foot = laid.places[source].y - laid.sizes[source][1] / 2
    head = laid.places[target].y + laid.sizes[target][1] / 2
    return start.y > foot + NEAR or end.y < head - NEAR


def _laid(plan: Plan, ported: frozenset[tuple[int, int]]) -> Inside:
    graph = _empty()
    graph.graph_attr.update(nodesep=str(BESIDE / INCH), ranksep=str(BELOW / INCH))
    graph.node_attr.update(shape="box", fixedsize="true", label="")
    graph.edge_attr.update(arrowhead="none")
    for number, (width, height) in enumerate(plan.sizes):
        graph.add_node(number, width=width / INCH, height=height / INCH)
    lanes = [(-1 - nth, stack) for nth, stack in enumerate(plan.lanes)]
    for lane, _ in lanes:
        graph.add_node(lane, width=2 / INCH, height=2 / INCH)
    weights = {**dict.fromkeys(_chains(plan), CHAIN), **dict.fromkeys(_longest(plan), LONGEST)}
    for edge in (*plan.edges, *lanes):
        ports = {"tailport": "s", "headport": "n"} if edge in ported else {}
        graph.add_edge(*edge, weight=weights.get(edge, 1), **ports)
    graph.add_subgraph([*plan.tops, *(lane for lane, _ in lanes)], rank="source")
    graph.layout(prog="dot")
    return _read(graph, plan, lanes)


def _empty() -> Any:
    # Loading pygraphviz takes 0.05 s, and a drawing of closed cells needs it for rendering alone.
    try:
        from pygraphviz import AGraph
    except ImportError:
        raise Unrendered(NOT_INSTALLED) from None
    return AGraph(directed=True, strict=True)


def _read(graph: Any, plan: Plan, lanes: list[tuple[int, int]]) -> Inside:
    _, _, width, height = map(float, graph.graph_attr["bb"].split(","))
    places = [_point(graph.get_node(number).attr["pos"]) for number in range(len(plan.sizes))]
    curves = {edge: _curve(graph.get_edge(*edge).attr["pos"]) for edge in (*plan.edges, *lanes)}
    return Inside(width, height, tuple(places), plan.sizes, curves)


def _curve(text: str) -> Curve:
    """A curve; one piece that bends little is a straight line, so that its arrow has a clear direction."""
    points = tuple(map(_point, text.split()))
    start, end = points[0], points[-1]
    if len(points) == 4 and abs(end.x - start.x) < start.y - end.y < 2 * BELOW:
        return start, start, start, end
    return points


def _point(text: str) -> Point:
    x, y = text.split(",")
    return Point(float(x), float(y))


def _chains(plan: Plan) -> Iterator[tuple[int, int]]:
    """The edges between stacks of which one alone is read, by the other alone."""
    sources, targets = Counter(source for source, _ in plan.edges), Counter(target for _, target in plan.edges)
    return (edge for edge in plan.edges if sources[edge[0]] == targets[edge[1]] == 1)


def _longest(plan: Plan) -> Iterator[tuple[int, int]]:
    """The edges of the highest way through the cell; of equally high ones the first."""
    sources: dict[int, list[int]] = defaultdict(list)
    for source, target in plan.edges:
        sources[target].append(source)
    above: dict[int, float] = {}
    before: dict[int, int] = {}
    for stack, (_, height) in enumerate(plan.sizes):
        if sources[stack]:
            before[stack] = max(sources[stack], key=lambda source: above[source])
        above[stack] = height + BELOW + (above[before[stack]] if stack in before else 0.0)
    at = max(above, key=lambda stack: above[stack])
    while at in before:
        yield before[at], at
        at = before[at]
