"""Rooms on their lattice: columns as wide and rows as high as their largest cell, with room for lines between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from msdl.drawing.lattice import Place
from msdl.drawing.looks import LABEL, breadth
from msdl.drawing.ops.rooms import Room
from msdl.drawing.picture import Point

# Around the ops of a cell, and above them for what is written there.
PADDING, HEADING = 8.0, 14.0
# From one line that enters a cell from above to the next; from one line in a gutter to the next.
FIRST, ENTRY, TRACK = 14.0, 6.0, 6.0
GUTTER, GAP = 26.0, 18.0
# Left of all columns stand the names of the rows.
LEFT, RIGHT = 52.0, 16.0


@dataclass(frozen=True, slots=True)
class Area:
    """The rectangle of a cell; `corner` is the lower left one of its ops."""

    low: Point
    high: Point
    corner: Point

    def raised(self, by: float) -> Area:
        return Area(*(Point(x, y + by) for x, y in (self.low, self.high, self.corner)))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an axis, from its lower to its higher end: a column, a row, or what lies between two."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def track(self, number: int) -> float:
        return self.low + GUTTER / 2 + number * TRACK


@dataclass(frozen=True, slots=True)
class Floor:
    """Where everything is: `gutters[c]` lies right of column c, `gaps[r]` above row r."""

    width: float
    height: float
    areas: Mapping[str, Area]
    gutters: Mapping[int, Stretch]
    gaps: Mapping[int, Stretch]

    def raised(self, by: float, *ids: str) -> Floor:
        """The floor with these areas further up; without ids all of it, with room below."""
        areas = {id: area.raised(by) if id in ids or not ids else area for id, area in self.areas.items()}
        if ids:
            return replace(self, areas=areas)
        gaps = {row: Stretch(gap.low + by, gap.high + by) for row, gap in self.gaps.items()}
        return replace(self, height=self.height + by, areas=areas, gaps=gaps)


def floor(
    rooms: Mapping[str, Room],
    places: Mapping[str, Place],
    titles: Mapping[str, str],
    entries: Mapping[str, int],
    tracks: tuple[Mapping[int, int], Mapping[int, int]],
) -> Floor:
    """The floor for so many lines: `entries` into each cell from above, `tracks` in each gutter and in each gap."""
    sizes = {id: _size(room, titles[id], entries.get(id, 0)) for id, room in rooms.items()}
    widths = _largest(places, lambda place: place.column, {id: size.x for id, size in sizes.items()})
    heights = _largest(places, lambda place: place.row, {id: size.y for id, size in sizes.items()})
    columns, gutters, width = _columns(widths, tracks[0])
    rows, gaps, height = _rows(heights, tracks[1])
    areas: dict[str, Area] = {}
    for id, place in places.items():
        column, row, size = columns[place.column], rows[place.row], sizes[id]
        bottom = row.high - size.y if rooms[id].cell.role in ("exit", "image") else row.low
        low, high = Point(column.middle - size.x / 2, bottom), Point(column.middle + size.x / 2, bottom + size.y)
        areas[id] = Area(low, high, Point(column.middle - rooms[id].width / 2, bottom + PADDING))
    return Floor(width, height, areas, gutters, gaps)


def _size(room: Room, title: str, entries: int) -> Point:
    width = max(room.width, breadth(title, LABEL)) + 2 * PADDING
    return Point(
        width, room.height + 2 * PADDING + HEADING * bool(title) + (FIRST + ENTRY * (entries - 1)) * bool(entries)
    )


def _largest(
    places: Mapping[str, Place], axis: Callable[[Place], int], sizes: Mapping[str, float]
) -> Mapping[int, float]:
    found: dict[int, float] = defaultdict(float)
    for id, place in places.items():
        found[axis(place)] = max(found[axis(place)], sizes[id])
    return dict(sorted(found.items()))


Stretches = Mapping[int, Stretch]


def _columns(widths: Mapping[int, float], tracks: Mapping[int, int]) -> tuple[Stretches, Stretches, float]:
    columns: dict[int, Stretch] = {}
    gutters: dict[int, Stretch] = {}
    x = LEFT
    for number in range(min(widths), max(widths) + 1):
        columns[number] = Stretch(x, x + widths.get(number, 0))
        gutters[number] = Stretch(columns[number].high, columns[number].high + GUTTER + TRACK * tracks.get(number, 0))
        x = gutters[number].high
    return columns, gutters, x + RIGHT


def _rows(heights: Mapping[int, float], tracks: Mapping[int, int]) -> tuple[Stretches, Stretches, float]:
    """Rows are counted from the top, and y grows upwards."""
    rows: dict[int, Stretch] = {}
    gaps: dict[int, Stretch] = {}
    y = 0.0
    for number in reversed(range(max(heights) + 1)):
        rows[number] = Stretch(y, y + heights.get(number, 0))
        gaps[number] = Stretch(rows[number].high, rows[number].high + GAP + TRACK * tracks.get(number, 0))
        y = gaps[number].high
    return rows, gaps, y
