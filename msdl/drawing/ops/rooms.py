"""Cells opened: every op of a cell with its place in it, from the cell's lower left corner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from msdl.analysis.readers import readers
from msdl.drawing.looks import TEXT, breadth
from msdl.drawing.ops.bars import with_bars
from msdl.drawing.ops.crossings import Crossing
from msdl.drawing.ops.inside import Curve, Inside, Plan, inside
from msdl.drawing.ops.stacks import Stack, stacks
from msdl.drawing.picture import Point
from msdl.network.graph import Cell, Graph, Node

LINE = 12.5
# The room beside what is written in an op; the least width of one, and by how much wider ones differ.
MARGIN, NARROWEST, STEP = 5.0, 42.0, 6.0


@dataclass(frozen=True, slots=True)
class Slot:
    """Where something is written, by its middle."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y - self.height / 2

    def moved(self, by: Point) -> Slot:
        return replace(self, x=self.x + by.x, y=self.y + by.y)


@dataclass(frozen=True, slots=True)
class Room:
    """A cell with its ops. `curves` are the lines within, by source and target; `lanes` end at ops in the midst."""

    cell: Cell
    width: float
    height: float
    slots: Mapping[str, Slot]
    curves: Mapping[tuple[str, str], Curve]
    lanes: Mapping[str, Curve]


def rooms(graph: Graph, written: Mapping[str, tuple[str, ...]], crossings: Iterable[Crossing]) -> Mapping[str, Room]:
    """Every cell, the image and every exit; `written` are the lines in each op and, under its cell's id, each exit."""
    entered: dict[str, list[Crossing]] = defaultdict(list)
    for crossing in crossings:
        entered[crossing.cell].append(crossing)
    return {built.cell.id: _room(built, written, entered[built.cell.id]) for built in _all_built(graph)}


@dataclass(frozen=True, slots=True)
class Built:
    """What a cell is built of: its stacks, and the edges between its ops. An exit's box is a stack below its head."""

    cell: Cell
    stacks: tuple[Stack, ...]
    edges: tuple[tuple[str, str], ...]


def _all_built(graph: Graph) -> Iterator[Built]:
    reading = readers(graph)
    members: dict[str, list[Node]] = defaultdict(list)
    for node in graph:
        members[node.cell.id].append(node)
    outputs = {exit.cell.id: exit.output for exit in graph.exits}
    cells = {node.cell.id: node.cell for node in graph} | {exit.cell.id: exit.cell for exit in graph.exits}
    for id, cell in cells.items():
        ids = {node.id for node in members[id]}
        edges = [(source, node.id) for node in members[id] for source in dict.fromkeys(node.inputs) if source in ids]
        put_out = [(outputs[id], id)] if outputs.get(id) in ids else []
        own = [(id,)] if id in outputs else []
        yield Built(cell, (*stacks(members[id], reading), *own), (*edges, *put_out))


def _room(built: Built, written: Mapping[str, tuple[str, ...]], entered: Sequence[Crossing]) -> Room:
    """A cell, laid out; `entered` are the lines that come in from other cells."""
    number = {id: stack for stack, ids in enumerate(built.stacks) for id in ids}
    between = {(number[a], number[b]): (a, b) for a, b in built.edges if number[a] != number[b]}
    coming = {number[crossing.target]: crossing for crossing in entered}
    plan = _plan([_size(ids, written) for ids in built.stacks], tuple(between), coming)
    laid = _turned(with_bars(inside(plan), plan), plan.tops, coming)
    slots = {id: slot for stack, ids in enumerate(built.stacks) for id, slot in _slots(ids, laid, stack, written)}
    touching = {pair: _beneath(slots, pair) for ids in built.stacks for pair in pairwise(ids)}
    curves = {between[edge]: curve for edge, curve in laid.curves.items() if edge in between}
    lanes = {built.stacks[stack][0]: laid.curves[-1 - nth, stack] for nth, stack in enumerate(plan.lanes)}
    return Room(built.cell, laid.width, laid.height, slots, curves | touching, lanes)


def _plan(sizes: Sequence[tuple[float, float]], edges: tuple[tuple[int, int], ...], coming: Iterable[int]) -> Plan:
    """The plan of a cell, with lanes to the stacks that lines from other cells can't reach otherwise."""
    heads = {target for _, target in edges}
    bare = Plan(tuple(sizes), edges, tuple(stack for stack in range(len(sizes)) if stack not in heads))
    laid = inside(bare)
    return replace(bare, lanes=tuple(stack for stack in coming if stack in heads and not _is_open(stack, laid)))


def _size(ids: Stack, written: Mapping[str, tuple[str, ...]]) -> tuple[float, float]:
    widest = max(breadth(line, TEXT) for id in ids for line in written[id])
    # In steps, so that cells that differ by a letter are laid out once.
    width = -(-(widest + 2 * MARGIN) // STEP) * STEP
    return max(width, NARROWEST), sum(len(written[id]) for id in ids) * LINE


def _slots(ids: Stack, laid: Inside, stack: int, written: Mapping[str, tuple[str, ...]]) -> Iterable[tuple[str, Slot]]:
    """The ops of a stack from top to bottom, with no room between."""
    (x, y), (width, height) = laid.places[stack], laid.sizes[stack]
    top = y + height / 2
    for id in ids:
        high = len(written[id]) * LINE
        yield id, Slot(x, top - high / 2, width, high)
        top -= high


def _is_open(stack: int, laid: Inside) -> bool:
    """Whether a stack can be reached from the left at its head."""
    (x, y), (_, height) = laid.places[stack], laid.sizes[stack]
    head = y + height / 2 - LINE / 2
    others = zip(laid.places, laid.sizes, strict=True)
    return not any(place.x < x and abs(place.y - head) < size[1] / 2 + LINE / 2 for place, size in others)


def _turned(laid: Inside, tops: Sequence[int], entered: Mapping[int, Crossing]) -> Inside:
    """Left and right changed places where that brings what reads its own scale to the left: fewer lines cross."""
    level = [laid.places[stack].x for stack in tops if stack in entered and not entered[stack].falls]
    falling = [laid.places[stack].x for stack in tops if stack in entered and entered[stack].falls]
    if not level or not falling or sum(level) / len(level) <= sum(falling) / len(falling):
        return laid
    curves = {edge: tuple(Point(laid.width - x, y) for x, y in curve) for edge, curve in laid.curves.items()}
    return replace(laid, places=tuple(Point(laid.width - x, y) for x, y in laid.places), curves=curves)


def _beneath(slots: Mapping[str, Slot], pair: tuple[str, str]) -> Curve:
    """The line between two ops that touch: from middle to middle, hidden by their boxes."""
    (source, target) = (slots[id] for id in pair)
    part = (source.y - target.y) / 3
    return tuple(Point(source.x, source.y - part * step) for step in range(4))
