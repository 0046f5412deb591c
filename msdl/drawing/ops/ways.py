"""Routes on the floor: through which points every line from cell to cell goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from msdl.drawing.lattice import Place
from msdl.drawing.ops.floor import ENTRY, FIRST, Floor, floor
from msdl.drawing.ops.rooms import Room, Slot
from msdl.drawing.ops.rounded import rounded
from msdl.drawing.ops.routes import Route, Span, entries, tracks
from msdl.drawing.picture import LineKind, Point
from msdl.network.graph import IMAGE

Trunk = tuple[str, str, str]
# Where a line leaves its box: those that go up above those that go down.
PORTS = {"up": 3.5, "level": 0.0, "down": -3.5}
# Where a line comes in: what says where the maxima were above what is spread.
ENTERS: Mapping[LineKind, float] = {"unpool": 3.5}


@dataclass(frozen=True, slots=True)
class Tracks:
    """The tracks of all trunks, by gutter and by gap."""

    gutters: Mapping[int, Mapping[Trunk, int]]
    gaps: Mapping[int, Mapping[Trunk, int]]

    @property
    def counts(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """How many tracks each gutter and each gap has."""
        return _counts(self.gutters), _counts(self.gaps)


def _span(one: float, other: float, route: Route) -> Span:
    return Span(min(one, other), max(one, other), route.trunk)


def _counts(of: Mapping[int, Mapping[Trunk, int]]) -> Mapping[int, int]:
    return {number: max(found.values(), default=-1) + 1 for number, found in of.items()}


@dataclass(frozen=True, slots=True)
class Ways:
    """What routes are laid out by: rooms, the floor they stand on, and the level at which each enters from above."""

    rooms: Mapping[str, Room]
    floor: Floor
    entries: Mapping[Route, int]
    homes: Mapping[str, str]

    def raised(self, by: float) -> Ways:
        return replace(self, floor=self.floor.raised(by))

    def slot(self, id: str) -> Slot:
        cell = self.homes[id]
        return self.rooms[cell].slots[id].moved(self.floor.areas[cell].corner)

    def start(self, route: Route) -> Point:
        slot = self.slot(route.crossing.source)
        return Point(slot.right, slot.y + PORTS[route.climb])

    def level(self, route: Route) -> float:
        """The height at which a route comes in from its last gutter."""
        if not route.above:
            return self.slot(route.crossing.target).y + ENTERS.get(route.crossing.kind, 0.0)
        area, room = self.floor.areas[route.crossing.cell], self.rooms[route.crossing.cell]
        return area.corner.y + room.height + FIRST + ENTRY * self.entries[route]

    def tracks(self, routes: Iterable[Route]) -> Tracks:
        """A track for every route in the gutters and gaps it goes through."""
        gutters: dict[int, list[Span]] = defaultdict(list)
        gaps: dict[int, list[Span]] = defaultdict(list)
        for route in routes:
            start, level = self.start(route).y, self.level(route)
            if route.gap is None:
                gutters[route.gutter].append(_span(start, level, route))
                continue
            gap = self.floor.gaps[route.gap]
            # Where in the gap it runs is not known yet, so it takes all of it.
            gutters[route.gutter].append(_span(start, gap.low if start > gap.middle else gap.high, route))
            gutters[route.last_gutter].append(_span(level, gap.high if level < gap.middle else gap.low, route))
            first, last = (self.floor.gutters[number].middle for number in (route.gutter, route.last_gutter))
            gaps[route.gap].append(_span(first, last, route))
        return Tracks(
            {number: tracks(spans) for number, spans in gutters.items()},
            {number: tracks(spans) for number, spans in gaps.items()},
        )

    def points(self, route: Route, tracks: Tracks) -> tuple[Point, ...]:
        """The line of a route, with round corners, and down its lane if it has one."""
        id = route.crossing.target
        room, corner = self.rooms[route.crossing.cell], self.floor.areas[route.crossing.cell].corner
        line = rounded([*self._on_the_way(route, tracks), *self._arrival(route)])
        lane = room.lanes.get(id, ()) if route.above else ()
        return (*line, *(Point(point.x + corner.x, point.y + corner.y) for point in lane[1:]))

    def _on_the_way(self, route: Route, tracks: Tracks) -> Iterator[Point]:
        start, level = self.start(route), self.level(route)
        yield start
        x = self.floor.gutters[route.gutter].track(tracks.gutters[route.gutter][route.trunk])
        yield Point(x, start.y)
        if route.gap is not None:
            y = self.floor.gaps[route.gap].track(tracks.gaps[route.gap][route.trunk])
            yield Point(x, y)
            x = self.floor.gutters[route.last_gutter].track(tracks.gutters[route.last_gutter][route.trunk])
            yield Point(x, y)
        yield Point(x, level)

    def _arrival(self, route: Route) -> Iterator[Point]:
        slot, level = self.slot(route.crossing.target), self.level(route)
        room, corner = self.rooms[route.crossing.cell], self.floor.areas[route.crossing.cell].corner
        if not route.above:
            yield Point(slot.left if route.side == "left" else slot.right, level)
        elif route.crossing.target in room.lanes:
            first = room.lanes[route.crossing.target][0]
            yield Point(first.x + corner.x, level)
            yield Point(first.x + corner.x, first.y + corner.y)
        else:
            yield Point(slot.x, level)
            yield Point(slot.x, slot.top)


def ways(
    rooms: Mapping[str, Room], places: Mapping[str, Place], titles: Mapping[str, str], routes: Sequence[Route]
) -> tuple[Ways, Tracks]:
    """The floor and the tracks on it: first roughly, to see which lines overlap, then with room for all of them."""
    homes = {id: cell for cell, room in rooms.items() for id in room.slots}
    levels = entries(routes, rooms)
    counts: dict[str, int] = defaultdict(int)
    for route, level in levels.items():
        counts[route.crossing.cell] = max(counts[route.crossing.cell], level + 1)
    rough = Ways(rooms, floor(rooms, places, titles, counts, ({}, {})), levels, homes)
    tracks = rough.tracks(routes)
    laid = replace(rough, floor=floor(rooms, places, titles, counts, tracks.counts))
    return replace(laid, floor=laid.floor.raised(_to_the_stem(laid, routes), IMAGE)), tracks


def _to_the_stem(laid: Ways, routes: Iterable[Route]) -> float:
    """How far the image has to go up to stand beside the first op that reads it, if that is in its row."""
    first = next((r for r in routes if r.crossing.source == IMAGE and r.gap is None and r.climb != "down"), None)
    return 0.0 if first is None else laid.level(first) - laid.start(first).y
