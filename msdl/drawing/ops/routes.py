"""Ways from cell to cell: out to the right, up or down a gutter, along the gap between two rows if need be, and in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from msdl.drawing.lattice import Place
from msdl.drawing.ops.crossings import Crossing
from msdl.drawing.ops.rooms import LINE, Room

Side = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Route:
    """One crossing's way. It leaves to the right of its cell, into the gutter of that column.

    `gap` is the row above which it runs along to another gutter, if it does; `side` is where it comes in from, `above`
    tells that it goes over the cell's ops and enters from above.
    """

    crossing: Crossing
    gutter: int
    gap: int | None
    last_gutter: int
    side: Side
    above: bool
    climb: Literal["up", "level", "down"]

    @property
    def trunk(self) -> tuple[str, str, str]:
        """What several lines from one value have in common: they share their track until they part."""
        return self.crossing.source, self.crossing.kind, self.climb


def route(crossing: Crossing, source: Place, target: Place, room: Room) -> Route:
    """The way of a crossing, by the places of its two cells; `room` is the cell that it enters."""
    climb: Literal["up", "level", "down"] = "down" if target.row > source.row else "up"
    if target.column == source.column + 1:
        above = not _is_open(crossing.target, room, "left")
        is_foot = room.slots[crossing.target].bottom < LINE / 2 and not above
        level = source.row == target.row and is_foot
        return Route(crossing, source.column, None, source.column, "left", above, "level" if level else climb)
    if target.column == source.column and target.row != source.row:
        above = not _is_open(crossing.target, room, "right")
        return Route(crossing, source.column, None, source.column, "right", above, climb)
    above = not _is_open(crossing.target, room, "left")
    return Route(crossing, source.column, target.row, target.column - 1, "left", above, climb)


def _is_open(id: str, room: Room, side: Side) -> bool:
    """Whether an op is reached from a side without crossing another."""
    if id in room.lanes:
        return False
    slot = room.slots[id]
    level = (other for other in room.slots.values() if abs(other.y - slot.y) < (other.height + slot.height) / 2 + 2)
    return not any(other.x < slot.x if side == "left" else other.x > slot.x for other in level if other is not slot)


def entries(routes: Iterable[Route], rooms: Mapping[str, Room]) -> Mapping[Route, int]:
    """For every route that enters a cell from above its level over the ops: the further it goes, the higher."""
    found: dict[Route, int] = {}
    for id, coming in _grouped(routes).items():
        slots, lanes = rooms[id].slots, rooms[id].lanes
        ways: dict[tuple[Side, str, str, float], list[Route]] = defaultdict(list)
        for each in coming:
            target = each.crossing.target
            x = lanes[target][0].x if target in lanes else slots[target].x
            reach = x if each.side == "left" else rooms[id].width - x
            ways[each.side, each.crossing.source, each.crossing.kind, reach].append(each)
        for number, way in enumerate(sorted(ways, key=lambda way: (way[0], way[3]))):
            found.update(dict.fromkeys(ways[way], number))
    return found


def _grouped(routes: Iterable[Route]) -> Mapping[str, list[Route]]:
    found: dict[str, list[Route]] = defaultdict(list)
    for each in routes:
        if each.above:
            found[each.crossing.cell].append(each)
    return found


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a gutter or a gap that a trunk takes."""

    low: float
    high: float
    trunk: tuple[str, str, str]


def tracks(spans: Sequence[Span]) -> Mapping[tuple[str, str, str], int]:
    """A track for every trunk, the first that is free, so that no two that overlap have the same."""
    merged: dict[tuple[str, str, str], Span] = {}
    for span in spans:
        known = merged.get(span.trunk, span)
        merged[span.trunk] = Span(min(known.low, span.low), max(known.high, span.high), span.trunk)
    ends: list[float] = []
    found: dict[tuple[str, str, str], int] = {}
    for span in sorted(merged.values(), key=lambda span: (span.low, span.high, span.trunk)):
        free = (number for number, end in enumerate(ends) if end < span.low)
        number = next(free, len(ends))
        ends[number:] = [span.high, *ends[number + 1 :]]
        found[span.trunk] = number
    return found
