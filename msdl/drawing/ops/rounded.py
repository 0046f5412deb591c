"""Ways with round corners, as Bezier curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot

from msdl.drawing.picture import Point

RADIUS = 7.0
# How far along each side of a quarter circle a cubic curve's control points lie.
QUARTER = 0.55


def rounded(corners: Sequence[Point]) -> tuple[Point, ...]:
    """The curves along a way of straight stretches: a start, and three points for each piece."""
    kept = list(_turns(corners))
    at, points = kept[0], [kept[0]]
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        radius = min(RADIUS, _length(before, corner) / 2, _length(corner, after) / 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        points += (at, at, start)
        points += (_towards(start, corner, radius * QUARTER), _towards(end, corner, radius * QUARTER), end)
        at = end
    return (*points, at, at, kept[-1])


def _turns(corners: Sequence[Point]) -> Iterator[Point]:
    """The corners without those that coincide with the next."""
    for point, following in pairwise(corners):
        if _length(point, following) > 0.01:
            yield point
    yield corners[-1]


def _length(start: Point, end: Point) -> float:
    return hypot(end.x - start.x, end.y - start.y)


def _towards(start: Point, end: Point, by: float) -> Point:
    part = by / _length(start, end)
    return Point(start.x + (end.x - start.x) * part, start.y + (end.y - start.y) * part)
