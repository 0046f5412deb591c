"""Graph -> Picture with every cell opened: its ops, one a box, and what each of them reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msdl.diagnostics import Diagnostic
from msdl.drawing.boxes import Boxes
from msdl.drawing.lattice import Lattice, Place, lattice
from msdl.drawing.legend import Shown, foot, items, legend
from msdl.drawing.ops.crossings import crossings
from msdl.drawing.ops.drawn import bands, closed, op_boxes, op_lines
from msdl.drawing.ops.ink import Ink
from msdl.drawing.ops.rooms import rooms
from msdl.drawing.ops.routes import route
from msdl.drawing.ops.ways import ways
from msdl.drawing.picture import LineKind, Picture, View
from msdl.drawing.signs import signs
from msdl.drawing.surroundings import head, marks, text_width, titles, words
from msdl.network.graph import IMAGE, Graph
from msdl.network.schedule import Schedule


def draw_ops(
    graph: Graph, view: View, schedule: Schedule | None = None, diagnostics: tuple[Diagnostic, ...] = ()
) -> Picture:
    """The picture of a graph, broken or checked, down to its ops; the arguments are those of `draw`.

    Raises Unrendered where Graphviz, which lays out what is within the cells, is not installed.
    """
    cells = lattice(graph)
    ink = Ink.of(graph, cells, view, schedule, diagnostics)
    over = tuple(crossings(graph))
    opened = rooms(graph, ink.all_written, over)
    places = _with_the_image(cells)
    homes = {id: cell for cell, room in opened.items() for id in room.slots}
    routes = [route(each, places[homes[each.source]], places[each.cell], opened[each.cell]) for each in over]
    laid, tracks = ways(opened, places, {id: ink.title(id) for id in opened}, routes)
    said = titles(graph, diagnostics)
    explained = items(_shown(ink, laid.homes, [each.kind for each in over]))
    width = max(laid.floor.width, text_width(said))
    raised = laid.raised(foot(explained, width))
    around = Boxes(width, raised.floor.height + head(said), cells, closed(raised, cells.places))
    samples = legend(explained, width)
    drawn = tuple(op_boxes(raised, ink))
    return Picture(
        graph.name,
        around.width,
        around.height,
        tuple(bands(raised, ink)),
        tuple(op_lines(raised, ink, routes, tracks)),
        drawn,
        (*marks(around), *samples.marks),
        (*words(said, around), *samples.words),
        samples.swatches,
        (*signs(drawn), *samples.signs),
    )


def _with_the_image(cells: Lattice) -> Mapping[str, Place]:
    """The places of all cells, the image's left of all others."""
    first = min((place.column for id, place in cells.places.items() if id != IMAGE), default=0)
    return {**cells.places, IMAGE: Place(0, first - 1)}


def _shown(ink: Ink, ids: Iterable[str], kinds: Iterable[LineKind]) -> Shown:
    """What the legend has to explain."""
    return Shown(
        tuple(dict.fromkeys(("op", *kinds))),
        None,
        {ink.state(id) for id in ids},
        None if ink.view.exit is None else ink.graph.exits[ink.view.exit].name,
        ink.dearest if ink.view.cost else None,
        bool(ink.order),
        any(content.is_map for content in ink.cells.values()),
    )
