"""The curves of connections: Bezier points from box to box."""

from __future__ import annotations

from math import hypot

from msdl.drawing.picture import Box, Point

ARROW = 5.0
STRAIGHT = 1e-6
# A cubic curve goes three quarters of the way to its control points.
TO_CONTROLS = 4 / 3
# How wide a line turns that goes around boxes.
TURN = 9.0


def straight(start: Point, end: Point) -> tuple[Point, ...]:
    """A straight line as a curve."""
    first, second = (Point(start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t) for t in (1 / 3, 2 / 3))
    return (start, first, second, end)


def across(source: Box, target: Box, leaves: float = 0.0, arrives: float = 0.0) -> tuple[Point, ...]:
    """From the right side of a box to the left side of one in a later column, level at both ends.

    `leaves` and `arrives` are how far above the middle, in heights of the boxes.
    """
    start, end = moved(source.right, 0, leaves * source.height), moved(target.left, 0, arrives * target.height)
    if abs(start.y - end.y) < STRAIGHT:
        return straight(start, end)
    reach = max((end.x - start.x) / 2, 12.0)
    return (start, moved(start, reach, 0), moved(end, -reach, 0), end)


def arc(source: Box, target: Box, height: float, arrives: float = 0.0) -> tuple[Point, ...]:
    """Over the boxes between two of one row; `arrives` is how far beside the middle, in widths of the box."""
    start, end = moved(source.top, source.width / 4, 0), moved(target.top, arrives * target.width, 0)
    return (start, moved(start, 0, height * TO_CONTROLS), moved(end, 0, height * TO_CONTROLS), end)


def swing(source: Box, target: Box, depth: float) -> tuple[Point, ...]:
    """To a later column of the next row: along below the upper row, so that it keeps clear of the lower one's arcs."""
    falls = source.y > target.y
    start = moved(source.bottom if falls else source.top, source.width / 4, 0)
    end = moved(target.top if falls else target.bottom, -target.width / 4, 0)
    level = (start.y if falls else end.y) - depth * TO_CONTROLS
    return (start, Point(start.x, level), Point(end.x, level), end)


def around(source: Box, target: Box, depth: float, lane: float, gap: float) -> tuple[Point, ...]:
    """To a later column of a row further away: along its own row, in a lane so wide, then through a gap."""
    way = -1 if source.y > target.y else 1
    start = moved(source.bottom if way < 0 else source.top, source.width / 4, 0)
    x = target.left.x - gap / 2
    level, leaves, arrives = start.y + way * depth * TO_CONTROLS, start.y + way * lane, target.y - way * TURN
    last = Point(x, target.y)
    return (
        start, Point(start.x, level), Point(x, level), Point(x, leaves),
        *straight(Point(x, leaves), Point(x, arrives))[1:], last, last, target.left,
    )  # fmt: skip


def corner(source: Box, target: Box, leaves: float = 0.0) -> tuple[Point, ...]:
    """Around the corner below the upper of two boxes: down and then right, or right and then up.

    `leaves` is how far above the middle it goes out to the right, in heights of the box.
    """
    falls = source.y > target.y
    right = moved(source.right, 0, leaves * source.height)
    start, end = (source.bottom, target.left) if falls else (right, target.bottom)
    at = Point(start.x, end.y) if falls else Point(end.x, start.y)
    into, out = _towards(at, start, TURN), _towards(at, end, TURN)
    return (*straight(start, into), at, at, out, *straight(out, end)[1:])


def _towards(start: Point, end: Point, by: float) -> Point:
    """The point on the way from one point to another, so far away or half of the way."""
    length = hypot(end.x - start.x, end.y - start.y)
    part = min(by / length, 0.5)
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)


def beside(source: Box, target: Box, aside: float) -> tuple[Point, ...]:
    """Out of a box's right side and past what stands below it, or above, into the right side of the target."""
    x = source.right.x + aside
    first, last = Point(x, source.y), Point(x, target.y)
    way = straight(_towards(first, last, TURN), _towards(last, first, TURN))
    return (source.right, first, first, *way, last, last, target.right)


def down(source: Box, target: Box) -> tuple[Point, ...]:
    """From a box to one in another row, in the same column or an earlier one."""
    falls = source.y > target.y
    start, end = (source.bottom, target.top) if falls else (source.top, target.bottom)
    if abs(start.x - end.x) < STRAIGHT:
        return straight(start, end)
    bend = (start.y - end.y) / 2
    return (start, moved(start, 0, -bend), moved(end, 0, bend), end)


def returning(source: Box, target: Box) -> tuple[Point, ...]:
    """Back to an earlier column of a row below: along between the upper row and what stands below it, then down."""
    start = moved(source.bottom, -source.width / 4, 0)
    level = start.y - TURN
    first, last = Point(start.x, level), Point(target.x, level)
    way = straight(moved(first, -TURN, 0), moved(last, TURN, 0))
    turned = moved(last, 0, -TURN)
    return (start, first, first, *way, last, last, turned, *straight(turned, target.top)[1:])


def shortened(points: tuple[Point, ...], by: float = ARROW) -> tuple[Point, ...]:
    """A curve that leaves room for its arrow's head: the end is drawn back along its last direction."""
    *rest, before, end = points
    length = hypot(end.x - before.x, end.y - before.y)
    if length <= by:
        return points
    part = by / length
    return (*rest, before, moved(end, (before.x - end.x) * part, (before.y - end.y) * part))


def moved(point: Point, dx: float, dy: float) -> Point:
    return Point(point.x + dx, point.y + dy)
