"""The curves of connections: Bezier points from box to box."""

from __future__ import annotations

from math import hypot

from msdl.drawing.picture import Box, Point

# How far an arc of dense connections rises: with its span, so that longer ones pass over shorter ones.
LOWEST_ARC, HIGHEST_ARC, RISE = 8.0, 44.0, 0.055
ARROW = 5.0
STRAIGHT = 1e-6


def straight(start: Point, end: Point) -> tuple[Point, ...]:
    """A straight line as a curve."""
    first, second = (Point(start.x + (end.x - start.x) * t, start.y + (end.y - start.y) * t) for t in (1 / 3, 2 / 3))
    return (start, first, second, end)


def across(source: Box, target: Box) -> tuple[Point, ...]:
    """From the right side of a box to the left side of one in a later column, level at both ends."""
    start, end = source.right, target.left
    if abs(start.y - end.y) < STRAIGHT:
        return straight(start, end)
    reach = max((end.x - start.x) / 2, 12.0)
    return (start, Point(start.x + reach, start.y), Point(end.x - reach, end.y), end)


def arc(source: Box, target: Box) -> tuple[Point, ...]:
    """Over the boxes between two of one row."""
    start, end = _at(source.top, source.width / 4), _at(target.top, -target.width / 8)
    height = min(LOWEST_ARC + RISE * (end.x - start.x), HIGHEST_ARC)
    # A cubic curve rises to three quarters of its control points.
    return (start, Point(start.x, start.y + height / 0.75), Point(end.x, end.y + height / 0.75), end)


def swing(source: Box, target: Box) -> tuple[Point, ...]:
    """From the bottom of a box to the top of one in another row and a later column."""
    down = source.y > target.y
    start = _at(source.bottom if down else source.top, source.width / 4)
    end = _at(target.top if down else target.bottom, -target.width / 4)
    bend = (start.y - end.y) * 0.6
    return (start, Point(start.x, start.y - bend), Point(end.x, end.y + bend), end)


def down(source: Box, target: Box) -> tuple[Point, ...]:
    """From a box to one in a row below it, in the same column or nearly."""
    if abs(source.x - target.x) < STRAIGHT:
        return straight(source.bottom, target.top)
    bend = (source.bottom.y - target.top.y) / 2
    start, end = source.bottom, target.top
    return (start, Point(start.x, start.y - bend), Point(end.x, end.y + bend), end)


def shortened(points: tuple[Point, ...], by: float = ARROW) -> tuple[Point, ...]:
    """A curve that leaves room for its arrow's head: the end is drawn back along its last direction."""
    *rest, before, end = points
    length = hypot(end.x - before.x, end.y - before.y)
    if length <= by:
        return points
    part = by / length
    return (*rest, before, Point(end.x - (end.x - before.x) * part, end.y - (end.y - before.y) * part))


def _at(point: Point, dx: float) -> Point:
    return Point(point.x + dx, point.y)
