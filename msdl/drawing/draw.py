"""Graph -> Picture: the whole drawing, one step a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from msdl.analysis.connections import readings
from msdl.diagnostics import Diagnostic
from msdl.drawing.boxes import boxes
from msdl.drawing.contents import Content, box_height, box_width, contents
from msdl.drawing.failures import failures
from msdl.drawing.lattice import Lattice, lattice
from msdl.drawing.legend import Item, Shown, foot, items, legend
from msdl.drawing.lines import lines
from msdl.drawing.picture import Picture, State, View
from msdl.drawing.selection import Selection, selection
from msdl.drawing.sheet import Sheet
from msdl.drawing.signs import signs
from msdl.drawing.states import states
from msdl.drawing.surroundings import Title, bands, head, marks, text_width, titles, words
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

PLAIN = View()


def draw(
    graph: Graph, view: View = PLAIN, schedule: Schedule | None = None, diagnostics: tuple[Diagnostic, ...] = ()
) -> Picture:
    """The picture of a graph, broken or checked.

    `schedule` is needed for `view.order` alone. Cells in which an error of `diagnostics` stands are drawn as failed.
    Raises TooLarge.
    """
    places = lattice(graph)
    selected = selection(readings(graph), places, view)
    said = titles(graph, diagnostics)
    written = contents(graph, places, view, schedule)
    failed = failures(graph, diagnostics)
    seen = states(graph, places.cells, view, failed)
    explained = items(_shown(graph, view, selected, written, seen))
    sheet = _sheet(places, written, selected.longest, said, explained)
    made = boxes(sheet, written, seen, failed)
    samples = legend(explained, sheet.width)
    return Picture(
        graph.name,
        sheet.width,
        sheet.height,
        bands(graph, made, sheet.top),
        lines(selected, made, sheet.rise),
        tuple(made.by_id.values()),
        (*marks(made), *samples.marks),
        (*words(said, made), *samples.words),
        samples.swatches,
        (*signs(made.by_id.values()), *samples.signs),
    )


def _shown(
    graph: Graph, view: View, selected: Selection, written: Mapping[str, Content], seen: Mapping[str, State]
) -> Shown:
    """What the legend has to explain."""
    return Shown(
        selected.kinds,
        selected.folded,
        {*seen.values()},
        None if view.exit is None else graph.exits[view.exit].name,
        max((content.done for content in written.values()), default=0) if view.cost else None,
        any(content.order is not None for content in written.values()),
        any(content.is_map for content in written.values()),
    )


def _sheet(
    places: Lattice, written: Mapping[str, Content], longest: int, said: tuple[Title, ...], explained: tuple[Item, ...]
) -> Sheet:
    """A sheet with room for all that is to stand on it."""
    exits = {id for id, cell in places.cells.items() if cell.role == "exit"}
    bare = Sheet(
        places,
        box_width(written.values()),
        box_height(content for id, content in written.items() if id not in exits),
        box_height(content for id, content in written.items() if id in exits),
        longest,
        head(said),
        text_width(said),
    )
    return replace(bare, foot=foot(explained, bare.width))
