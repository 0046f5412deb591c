"""What is written in boxes, and how much room it takes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msdl.drawing.lattice import Lattice
from msdl.drawing.looks import TEXT, breadth, cut
from msdl.drawing.picture import View
from msdl.drawing.signs import is_map
from msdl.network.graph import IMAGE, Graph, Node
from msdl.network.layers import macs, parameters
from msdl.network.schedule import Schedule
from msdl.quantities import amount

# The longest name of an exit that is written out; the tooltip has all of it.
LONGEST_NAME = 12
MARGIN, LEADING = 5.0, 1.2
WIDTH, HEIGHT = 62.0, 30.0
# The shape of what stands behind an error.
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Content:
    """What is said of a cell: `lines` in its box, `facts` as its tooltip; `done` are its MACs.

    `is_map` tells that it is an exit that puts out a map.
    """

    lines: tuple[str, ...]
    facts: str
    done: int
    shade: float | None
    order: int | None
    is_map: bool = False


def contents(graph: Graph, lattice: Lattice, view: View, schedule: Schedule | None) -> dict[str, Content]:
    """What is written in every box of a lattice."""
    nodes: dict[str, list[Node]] = defaultdict(list)
    for node in graph:
        nodes[node.cell.id].append(node)
    names = {exit.cell.id: exit.name for exit in graph.exits} | {IMAGE: IMAGE}
    done = {id: sum(macs(node.layer, node.size) for node in nodes[id] if node.shape) for id in lattice.places}
    dearest = max(done.values(), default=0) or 1
    order = _order(graph, schedule) if view.order and schedule is not None else {}
    maps = {exit.cell.id for exit in graph.exits if is_map(graph, exit)}
    return {
        id: _content(
            id, names.get(id), _shape(graph, id, nodes[id]), nodes[id], done[id],
            done[id] / dearest if view.cost else None, order.get(id), id in maps,
        )
        for id in lattice.places
    }  # fmt: skip


def _content(
    id: str, name: str | None, shape: str, nodes: Sequence[Node], done: int, shade: float | None, order: int | None,
    is_map: bool,
) -> Content:  # fmt: skip
    kept = sum(parameters(node.layer) for node in nodes)
    facts = f"{id}: {shape}, {amount(kept)} parameters, {amount(done)} MACs" if shape != UNKNOWN else f"{id}: unknown"
    lines = (
        None if order is None else str(order),
        None if name is None else cut(name, LONGEST_NAME),
        shape,
        None if shade is None else amount(done),
    )
    said = facts if name is None else f"{name}, {facts}"
    return Content(tuple(line for line in lines if line is not None), said, done, shade, order, is_map)


def _shape(graph: Graph, id: str, nodes: Sequence[Node]) -> str:
    """The shape of a cell's value; a question mark behind an error."""
    shape = graph[graph.outputs[id]].shape if id in graph.outputs else nodes[-1].shape
    return UNKNOWN if shape is None else str(shape)


def _order(graph: Graph, schedule: Schedule) -> dict[str, int]:
    """The number, from 1, at which the lazy schedule comes to each cell first."""
    cells = dict.fromkeys(graph[id].cell.id for section in schedule.sections for id in section.nodes)
    return {id: number for number, id in enumerate(cells, start=1)}


def box_width(contents: Iterable[Content]) -> float:
    """The width that all boxes have: as much as the longest line needs."""
    widest = max((breadth(line, TEXT) for content in contents for line in content.lines), default=0.0)
    return max(WIDTH, widest + 2 * MARGIN)


def box_height(contents: Iterable[Content]) -> float:
    """The height that boxes have, as much as the one with most lines needs."""
    lines = max((len(content.lines) for content in contents), default=1)
    return max(HEIGHT, lines * TEXT * LEADING + 2 * MARGIN)
