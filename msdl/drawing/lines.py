"""Connections -> lines: straight between neighbours, arcs for dense connections, around what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from msdl.analysis.connections import Connection
from msdl.drawing.boxes import Boxes
from msdl.drawing.curves import across, arc, around, beside, corner, down, returning, swing
from msdl.drawing.lattice import Place
from msdl.drawing.picture import Box, Line, LineKind, Point
from msdl.drawing.selection import Selection, is_arc
from msdl.drawing.sheet import BETWEEN, LOWEST, TO_SCALE
from msdl.drawing.states import state_of_line

# Where arcs arrive, in widths beside the middle of a box; where lines from other rows leave and arrive, in heights
# from the middle: kinds that occur together keep apart.
ARRIVES: Mapping[LineKind, float] = {"horizontal": -0.12, "layer": -0.12, "residual": 0.06, "from": 0.0, "unpool": 0.12}
ASIDE: Mapping[LineKind, float] = {"diagonal": 0.18, "up": 0.18, "from": 0.34, "vertical": 0.25, "unpool": -0.3}
# How far beside a column the line to its first exit goes past what is in the way, and how much further the next.
FIRST_ASIDE, MORE_ASIDE, MOST_ASIDE = 13.0, 4.0, 25.0
UNNEEDED_FIRST = ("later", "skipped", "plain", "needed")


@dataclass(frozen=True, slots=True)
class _Room:
    """The room for lines: `rise` is the height of the longest arc."""

    boxes: Boxes
    longest: int
    rise: float

    def part(self, columns: int) -> float:
        """How far a line over so many columns keeps from its row, as a part of what the longest does."""
        return sqrt(columns / max(self.longest, columns))


def lines(selected: Selection, boxes: Boxes, rise: float) -> tuple[Line, ...]:
    """A line for every connection that was selected, those that an exit doesn't need first: others cover them.

    `rise` is the height that the longest arc takes.
    """
    room = _Room(boxes, selected.longest, rise)
    drawn = [_line(each, sources, room) for each, sources in selected.lines.items()]
    return tuple(sorted(drawn, key=lambda line: UNNEEDED_FIRST.index(line.state)))


def _line(connection: Connection, sources: tuple[str, ...], room: _Room) -> Line:
    source, target = room.boxes.by_id[connection.source], room.boxes.by_id[connection.target]
    earlier = f" and {len(sources) - 1} before it" if len(sources) > 1 else ""
    return Line(
        f"{source.id}--{connection.kind}--{target.id}",
        connection.kind,
        source.id,
        target.id,
        _curve(connection, room),
        sources,
        state_of_line(source, target),
        f"{connection.kind}: {source.id}{earlier} to {target.id}",
        not connection.near,
    )


def _curve(connection: Connection, room: _Room) -> tuple[Point, ...]:
    source, target = room.boxes.by_id[connection.source], room.boxes.by_id[connection.target]
    here, there = room.boxes.lattice.places[source.id], room.boxes.lattice.places[target.id]
    columns, rows = there.column - here.column, there.row - here.row
    if columns <= 0:
        return _back(source, target, room)
    if is_arc(connection, room.boxes.lattice):
        height = LOWEST + (room.rise - LOWEST) * room.part(columns)
        return arc(source, target, height, ARRIVES.get(connection.kind, 0.0))
    if connection.kind == "vertical" and rows and _is_free_around(here, there, room):
        is_last = room.boxes.lattice.is_free([here.row], range(here.column + 1, room.boxes.lattice.columns))
        return corner(source, target, 0.0 if is_last else ASIDE["vertical"])
    if connection.near:
        aside = ASIDE.get(connection.kind, 0.0)
        return across(source, target, aside if rows < 0 else -aside, aside if rows > 0 else -aside)
    depth = LOWEST + (TO_SCALE * 0.7 - LOWEST) * room.part(columns)
    return swing(source, target, depth) if abs(rows) == 1 else around(source, target, depth, TO_SCALE, BETWEEN)


def _is_free_around(here: Place, there: Place, room: _Room) -> bool:
    """Whether nothing stands on the way by the corner below the upper of two places."""
    lattice = room.boxes.lattice
    low, high = sorted((here.row, there.row))
    upper = here.column if here.row < there.row else there.column
    between = range(here.column + 1, there.column)
    return lattice.is_free(range(low + 1, high + 1), [upper]) and lattice.is_free([high], between)


def _back(source: Box, target: Box, room: _Room) -> tuple[Point, ...]:
    """To the same column or an earlier one: to an exit, or to the next stage."""
    lattice = room.boxes.lattice
    here, there = lattice.places[source.id], lattice.places[target.id]
    between = range(min(here.row, there.row) + 1, max(here.row, there.row))
    if here.column != there.column:
        return returning(source, target) if between else down(source, target)
    if lattice.is_free(between, [here.column]):
        return down(source, target)
    exits = sum(lattice.rows[row].role == "exits" for row in between)
    return beside(source, target, min(FIRST_ASIDE + MORE_ASIDE * exits, MOST_ASIDE))
