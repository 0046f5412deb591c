"""What stands around the boxes: title, names of rows and columns, bands of transitions, ends of scales, the legend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from msdl.diagnostics import Diagnostic, Severity
from msdl.drawing.boxes import HEIGHT, LEFT, Boxes, Sheet
from msdl.drawing.picture import Band, Box, Line, LineKind, Mark, Point, Words
from msdl.network.graph import Graph
from msdl.network.layers import macs, parameters
from msdl.quantities import amount

AROUND = 8.0
TITLE, CAPTION, COLUMNS = 22.0, 40.0, 66.0
LEGEND, SAMPLE, BETWEEN_SAMPLES = 20.0, 26.0, 92.0


class Legend(NamedTuple):
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]


def bands(graph: Graph, boxes: Boxes) -> tuple[Band, ...]:
    """A band behind every layer that transitions follow."""
    compressed: dict[int, dict[str, Box]] = defaultdict(dict)
    for node in graph.layers:
        cell = node.cell
        if node.id.startswith(f"{cell.id}.transition") and cell.id in boxes.by_id:
            compressed[cell.layer][cell.id] = boxes.by_id[cell.id]
    return tuple(_band(layer, [*found.values()]) for layer, found in sorted(compressed.items()))


def _band(layer: int, members: Sequence[Box]) -> Band:
    low = Point(min(box.left.x for box in members) - AROUND, min(box.bottom.y for box in members) - AROUND)
    high = Point(max(box.right.x for box in members) + AROUND, max(box.top.y for box in members) + AROUND)
    return Band(f"layer{layer}.transition", "transition", low, high, "transition")


def marks(graph: Graph, boxes: Boxes) -> Iterator[Mark]:
    """A stroke behind the last cell of every scale that ends before the last layer."""
    if not graph.grid:
        return
    last: dict[int, Box] = {}
    for id, place in boxes.lattice.places.items():
        if place.row < boxes.lattice.scales:
            last[place.row] = max(last.get(place.row, boxes.by_id[id]), boxes.by_id[id], key=lambda box: box.x)
    furthest = max((box.x for box in last.values()), default=0.0)
    for box in last.values():
        if box.x < furthest:
            x = box.right.x + AROUND
            yield Mark("end", Point(x, box.y - HEIGHT / 2), Point(x, box.y + HEIGHT / 2))


def words(graph: Graph, boxes: Boxes, diagnostics: Iterable[Diagnostic]) -> Iterator[Words]:
    sheet, lattice = boxes.sheet, boxes.lattice
    yield Words("title", Point(AROUND, sheet.height - TITLE), graph.name, "left")
    yield Words("caption", Point(AROUND, sheet.height - CAPTION), _caption(graph), "left")
    errors = sum(each.severity is Severity.ERROR for each in diagnostics)
    if errors:
        said = f"{errors} error{'s' * (errors != 1)}: not a network yet"
        yield Words("error", Point(sheet.width / 2, sheet.height - TITLE), said, "left")
    yield from _rows(boxes)
    if graph.grid:
        columns = {lattice.cells[id].layer: boxes.by_id[id].x for id in lattice.places}
        for layer, x in sorted(columns.items()):
            yield Words("column", Point(x, sheet.height - COLUMNS), f"layer {layer}")


def _caption(graph: Graph) -> str:
    known = [node for node in graph.layers if node.shape is not None]
    kept, done = sum(parameters(n.layer) for n in known), sum(macs(n.layer, n.size) for n in known)
    exits = f"{len(graph.exits)} exit{'s' * (len(graph.exits) != 1)}"
    return f"input {graph.image}, {exits}, {amount(kept)} parameters, {amount(done)} MACs"


def _rows(boxes: Boxes) -> Iterator[Words]:
    heights = {place.row: boxes.by_id[id].y for id, place in boxes.lattice.places.items()}
    for row, y in sorted(heights.items()):
        if row < boxes.lattice.scales:
            yield Words("row", Point(AROUND, y), f"scale {row + 1}", "left")
    if boxes.lattice.rows > boxes.lattice.scales:
        yield Words("row", Point(AROUND, heights[boxes.lattice.scales]), "exits", "left")


def legend(lines: Iterable[Line], sheet: Sheet) -> Legend:
    """A sample of every kind of line that occurs, and of folded ones."""
    lines = tuple(lines)
    kinds: list[tuple[LineKind, bool, str]] = [
        (kind, False, kind) for kind in dict.fromkeys(line.kind for line in lines)
    ]
    if folded := next((line.kind for line in lines if line.bold), None):
        kinds.append((folded, True, "and all before"))
    marks, words = [], []
    for number, (kind, bold, name) in enumerate(kinds):
        x = LEFT + number * BETWEEN_SAMPLES
        marks.append(Mark("sample", Point(x, LEGEND), Point(x + SAMPLE, LEGEND), kind, bold))
        words.append(Words("legend", Point(x + SAMPLE + 5, LEGEND), name, "left"))
    return Legend(tuple(marks), tuple(words))
