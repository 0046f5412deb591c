"""What a drawing is measured by: points along lines, and rectangles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import hypot
from typing import NamedTuple

from msdl.drawing.picture import Band, Box, Point


class Rectangle(NamedTuple):
    low: Point
    high: Point

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        across = self.low.x - margin <= point.x <= self.high.x + margin
        return across and self.low.y - margin <= point.y <= self.high.y + margin

    def contains(self, other: Rectangle) -> bool:
        return self.holds(other.low, 0.01) and self.holds(other.high, 0.01)

    def overlaps(self, other: Rectangle, by: float = 0.01) -> bool:
        """Whether the insides meet; edges may touch."""
        across = self.low.x < other.high.x - by and other.low.x < self.high.x - by
        return across and self.low.y < other.high.y - by and other.low.y < self.high.y - by


def of_box(box: Box) -> Rectangle:
    return Rectangle(Point(box.left.x, box.bottom.y), Point(box.right.x, box.top.y))


def of_band(band: Band) -> Rectangle:
    return Rectangle(band.low, band.high)


def overlapping(rectangles: Iterable[Rectangle]) -> list[tuple[Rectangle, Rectangle]]:
    """Pairs that overlap, found by a sweep from left to right."""
    found: list[tuple[Rectangle, Rectangle]] = []
    open: list[Rectangle] = []
    for rectangle in sorted(rectangles):
        open = [other for other in open if other.high.x > rectangle.low.x]
        found += [(other, rectangle) for other in open if other.overlaps(rectangle)]
        open.append(rectangle)
    return found


def along(points: tuple[Point, ...]) -> Iterator[Point]:
    """Points on cubic Bezier curves, their ends included, at most 3 points apart."""
    for a, b, c, d in (points[k : k + 4] for k in range(0, len(points) - 1, 3)):
        steps = int(sum(hypot(q.x - p.x, q.y - p.y) for p, q in ((a, b), (b, c), (c, d))) / 2) + 1
        for t in (step / steps for step in range(steps + 1)):
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            parts = tuple(zip(weights, (a, b, c, d), strict=True))
            yield Point(sum(w * p.x for w, p in parts), sum(w * p.y for w, p in parts))


def run_through(points: tuple[Point, ...], rectangles: Mapping[str, Rectangle]) -> list[str]:
    """The names of the rectangles through which a line runs; touching an edge is none."""
    way = [*along(points)]
    low = Point(min(p.x for p in way), min(p.y for p in way))
    high = Point(max(p.x for p in way), max(p.y for p in way))
    near = ((name, each) for name, each in rectangles.items() if Rectangle(low, high).overlaps(each, -0.02))
    return [name for name, each in near if any(each.holds(point, -0.5) for point in way)]
