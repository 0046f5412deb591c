"""Boxes, bands and lines of a drawing down to the ops."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msdl.drawing.ops.ink import Ink
from msdl.drawing.ops.routes import Route
from msdl.drawing.ops.ways import Tracks, Ways
from msdl.drawing.picture import Band, Box, Line, LineKind, Point, State
from msdl.network.graph import IMAGE


def bands(ways: Ways, ink: Ink) -> Iterator[Band]:
    """A band around every cell. Its id has `.cell` behind the cell's own, which may be that of a node."""
    for id, area in ways.floor.areas.items():
        if id != IMAGE:
            yield Band(f"{id}.cell", "cell", area.low, area.high, ink.title(id), ink.seen[id])


def op_boxes(ways: Ways, ink: Ink) -> Iterator[Box]:
    for id in ways.homes:
        slot = ways.slot(id)
        yield Box(
            id, "exit" if id not in ink.graph else "op", slot.x, slot.y, slot.width, slot.height, ink.written(id),
            ink.state(id), ink.tooltip(id), ink.shade(id), ink.order.get(id),
            id not in ink.graph and ink.cells[id].is_map,
        )  # fmt: skip


def op_lines(ways: Ways, ink: Ink, routes: Sequence[Route], tracks: Tracks) -> Iterator[Line]:
    """The edges of the graph, and one from each exit's output to its box."""
    for cell, room in ways.rooms.items():
        corner = ways.floor.areas[cell].corner
        for (source, target), curve in room.curves.items():
            points = tuple(Point(x + corner.x, y + corner.y) for x, y in curve)
            yield _line("op", source, target, points, ink)
    for route in routes:
        crossing = route.crossing
        yield _line(crossing.kind, crossing.source, crossing.target, ways.points(route, tracks), ink)


def _line(kind: LineKind, source: str, target: str, points: tuple[Point, ...], ink: Ink) -> Line:
    tooltip = f"{kind}: {source} to {target}"
    return Line(
        f"{source}--{kind}--{target}", kind, source, target, points, (source,), _state(ink.state(target)), tooltip
    )


def _state(target: State) -> State:
    """A line is needed where its target is: what is needed needs all that it reads."""
    return target if target in ("needed", "skipped", "later") else "plain"


def closed(ways: Ways, cells: Iterable[str]) -> Mapping[str, Box]:
    """Every cell as the one box that its ops fill."""
    found: dict[str, Box] = {}
    for id in cells:
        low, high = ways.floor.areas[id].low, ways.floor.areas[id].high
        middle = Point((low.x + high.x) / 2, (low.y + high.y) / 2)
        found[id] = Box(id, "cell", middle.x, middle.y, high.x - low.x, high.y - low.y, ())
    return found
