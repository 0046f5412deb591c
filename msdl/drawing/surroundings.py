"""What stands around the boxes: titles, names of rows and columns, bands of transitions, ends of scales."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from msdl.analysis.sweeps import sweep
from msdl.diagnostics import Diagnostic, Severity
from msdl.drawing.boxes import Boxes
from msdl.drawing.looks import SIZES, breadth, cut
from msdl.drawing.picture import Band, Box, Mark, Point, Words, WordsRole
from msdl.drawing.sheet import AROUND
from msdl.language.numbers import counted
from msdl.network.graph import Graph
from msdl.network.layers import macs, parameters
from msdl.quantities import amount

# The longest title that is written out; lines of the title are so much higher than their type.
LONGEST_TITLE, LEADING = 60, 1.7
LONGEST_HEADING = 12
# A drawing is no report: the first errors, each in a line.
MOST_ERRORS, LONGEST_ERROR = 3, 110
TOP = 6.0
# The room that names of columns take below the titles, and a band's label below those.
COLUMNS, LABEL = 22.0, 14.0


class Title(NamedTuple):
    role: WordsRole
    text: str


def titles(graph: Graph, diagnostics: Iterable[Diagnostic]) -> tuple[Title, ...]:
    """The network's name, what it comes to, and whether it is one."""
    known = [node for node in graph.layers if node.shape is not None]
    kept, done = sum(parameters(n.layer) for n in known), sum(macs(n.layer, n.size) for n in known)
    caption = (
        f"input {graph.image}, {counted(len(graph.exits), 'exit')}, {amount(kept)} parameters, {amount(done)} MACs"
    )
    found = (Title("title", cut(graph.name, LONGEST_TITLE)), Title("caption", caption))
    errors = [each.message for each in diagnostics if each.severity is Severity.ERROR]
    if not errors:
        return found
    more = [f".. and {counted(len(errors) - MOST_ERRORS, 'error')} more"] if len(errors) > MOST_ERRORS else []
    shown = [f"{counted(len(errors), 'error')}: not a network yet", *errors[:MOST_ERRORS], *more]
    return (*found, *(Title("error", cut(each, LONGEST_ERROR)) for each in shown))


def head(said: Iterable[Title]) -> float:
    """The height of the titles, and of the columns' names."""
    return TOP + sum(SIZES[title.role] * LEADING for title in said) + COLUMNS + LABEL


def text_width(said: Iterable[Title]) -> float:
    return max(breadth(title.text, SIZES[title.role]) for title in said) + 2 * AROUND


def words(said: Iterable[Title], boxes: Boxes) -> Iterator[Words]:
    """Titles, and the names of rows and columns."""
    y = boxes.height - TOP
    for title in said:
        high = SIZES[title.role] * LEADING
        yield Words(title.role, Point(AROUND, y - high / 2), title.text, "left")
        y -= high
    yield from _rows(boxes)
    x = {boxes.lattice.places[id].column: box.x for id, box in boxes.by_id.items()}
    for column, heading in boxes.lattice.headings.items():
        if column in x:
            yield Words("column", Point(x[column], y - COLUMNS / 2), cut(heading, LONGEST_HEADING))


def _rows(boxes: Boxes) -> Iterator[Words]:
    heights = {boxes.lattice.places[id].row: box.y for id, box in boxes.by_id.items()}
    before = None
    for number, row in enumerate(boxes.lattice.rows):
        if row != before:
            text = f"scale {row.scale}" if row.role == "scale" else "exits"
            yield Words("row", Point(AROUND, heights[number]), text, "left")
        before = row


def bands(graph: Graph, boxes: Boxes, top: float) -> tuple[Band, ...]:
    """A band behind every layer that transitions follow; in a grid it goes from `top` to the coarsest scale."""
    compressed: dict[int, dict[str, Box]] = defaultdict(dict)
    for node in graph.layers:
        cell = node.cell
        if node.id.startswith(f"{cell.id}.transition"):
            compressed[cell.layer][cell.id] = boxes.by_id[cell.id]
    upper = top + LABEL if boxes.lattice.is_grid else None
    return tuple(_band(layer, found.values(), upper) for layer, found in sorted(compressed.items()))


def _band(layer: int, members: Collection[Box], top: float | None) -> Band:
    low = Point(min(box.left.x for box in members) - AROUND, min(box.bottom.y for box in members) - AROUND)
    high = Point(
        max(box.right.x for box in members) + AROUND, max(box.top.y for box in members) + LABEL if top is None else top
    )
    return Band(f"layer{layer}.transition", "transition", low, high, "transition")


def marks(boxes: Boxes) -> Iterator[Mark]:
    """A stroke behind the last cell of every scale that ends before the last layer. Sweeps end no scale."""
    if not boxes.lattice.is_grid:
        return
    swept = any(map(sweep, boxes.lattice.cells.values()))
    last: dict[int, Box] = {}
    for id, place in boxes.lattice.places.items():
        cell = boxes.lattice.cells[id]
        # A sweep ends no scale, and what it reads of the first maps goes on in it.
        if cell.role != "exit" and sweep(cell) is None and (cell.layer or not swept):
            last[place.row] = max(last.get(place.row, boxes.by_id[id]), boxes.by_id[id], key=lambda box: box.x)
    furthest = max((box.x for box in last.values()), default=0.0)
    for box in last.values():
        if box.x < furthest:
            x = box.right.x + AROUND
            yield Mark("end", Point(x, box.bottom.y), Point(x, box.top.y))
