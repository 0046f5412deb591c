"""Which connections are drawn: each by itself, or dense ones folded into the line of the nearest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from msdl.analysis.connections import Connection, Reading
from msdl.drawing.lattice import Lattice
from msdl.drawing.picture import LineKind, TooLarge, View

# Above this many, arcs are a blot; above that many, lines are more than programs show.
MOST_ARCS, MOST_LINES = 320, 100_000


@dataclass(frozen=True, slots=True)
class Selection:
    """The connections to draw, each with the cells that its line stands for.

    `longest` is how many columns the longest arc spans, 0 where there is none.
    """

    lines: Mapping[Connection, tuple[str, ...]]
    longest: int

    @property
    def kinds(self) -> tuple[LineKind, ...]:
        """The kinds of lines, each once."""
        return tuple(dict.fromkeys(each.kind for each in self.lines))

    @property
    def folded(self) -> LineKind | None:
        """The kind of the first folded line."""
        return next((each.kind for each, sources in self.lines.items() if len(sources) > 1), None)


def selection(readings: Sequence[Reading], lattice: Lattice, view: View) -> Selection:
    """Every connection, dense ones first; or, folded, the nearest of all that is read by one rule.

    An exit reads what one cell hands on; its line is always one. Raises TooLarge.
    """
    dense = [reading for reading in readings if reading.kind != "exit"]
    near = [reading.nearest for reading in readings]
    arcs = sum(len(reading.sources) - 1 for reading in dense)
    if view.dense == "all" and arcs > MOST_LINES:
        raise TooLarge(f"it would have {arcs:,} dense connections; fold them")
    if view.dense == "fold" or (view.dense == "auto" and arcs > MOST_ARCS):
        folded = {reading.nearest: reading.sources for reading in dense}
        return Selection({each: folded.get(each, (each.source,)) for each in near}, _longest(near, lattice))
    drawn = [*dict.fromkeys(each for reading in dense for each in reading.dense), *near]
    return Selection({each: (each.source,) for each in drawn}, _longest(drawn, lattice))


def is_arc(connection: Connection, lattice: Lattice) -> bool:
    """Whether a connection goes over the boxes of its row."""
    source, target = lattice.places[connection.source], lattice.places[connection.target]
    between = range(source.column + 1, target.column)
    arches = not connection.near or connection.kind == "residual"
    return source.row == target.row and (arches or not lattice.is_free([source.row], between))


def _longest(drawn: Collection[Connection], lattice: Lattice) -> int:
    places = lattice.places
    spans = (places[each.target].column - places[each.source].column for each in drawn if is_arc(each, lattice))
    return max(spans, default=0)
