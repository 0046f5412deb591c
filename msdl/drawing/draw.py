"""Graph -> Picture: the whole drawing, one step a line."""

from __future__ import annotations

from msdl.analysis.connections import connections
from msdl.diagnostics import Diagnostic
from msdl.drawing.boxes import boxes
from msdl.drawing.failures import failures
from msdl.drawing.lattice import lattice
from msdl.drawing.lines import lines
from msdl.drawing.picture import Picture, View
from msdl.drawing.surroundings import bands, legend, marks, words
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

PLAIN = View()


def draw(
    graph: Graph, view: View = PLAIN, schedule: Schedule | None = None, diagnostics: tuple[Diagnostic, ...] = ()
) -> Picture:
    """The picture of a graph, broken or checked.

    `schedule` is needed for `view.order` alone. Cells in which an error of `diagnostics` stands are drawn as failed.
    """
    places = lattice(graph)
    made = boxes(graph, places, view, schedule, failures(graph, diagnostics))
    drawn = lines(graph, connections(graph), made, view)
    sheet = made.sheet
    return Picture(
        graph.name,
        sheet.width,
        sheet.height,
        bands(graph, made),
        drawn,
        tuple(made.by_id.values()),
        (*marks(graph, made), *legend(drawn, sheet).marks),
        (*words(graph, made, diagnostics), *legend(drawn, sheet).words),
    )
