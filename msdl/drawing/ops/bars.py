"""Joins as bars: a concat or an add is as wide as what it joins, so that its branches come straight down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from msdl.drawing.ops.inside import Curve, Inside, Plan
from msdl.drawing.picture import Point

ROOM = 4.0
T = TypeVar("T")
Box = tuple[Point, tuple[float, float]]


def with_bars(laid: Inside, plan: Plan) -> Inside:
    """The layout with every join widened over its branches, unless something else stands or runs there."""
    above: dict[int, list[int]] = defaultdict(list)
    for source, target in plan.edges:
        above[target].append(source)
    for stack, sources in above.items():
        if len(sources) > 1:
            laid = _widened(laid, plan, stack, sources)
    return laid


def _widened(laid: Inside, plan: Plan, stack: int, above: Sequence[int]) -> Inside:
    branches = (stack, *above)
    low = min(laid.places[branch].x - laid.sizes[branch][0] / 2 for branch in branches)
    high = max(laid.places[branch].x + laid.sizes[branch][0] / 2 for branch in branches)
    place, (_, height) = laid.places[stack], laid.sizes[stack]
    bar = Point((low + high) / 2, place.y), (high - low, height)
    others = (curve for edge, curve in laid.curves.items() if stack not in edge)
    if any(_touches(bar, box) for box in _boxes(laid, {stack})) or any(_passes(curve, bar) for curve in others):
        return laid
    laid = replace(laid, places=_with(laid.places, stack, bar[0]), sizes=_with(laid.sizes, stack, bar[1]))
    near = [edge for edge in plan.edges if stack in edge]
    return replace(laid, curves=laid.curves | {edge: way for edge in near for way in _straight_down(laid, edge, stack)})


def _straight_down(laid: Inside, edge: tuple[int, int], bar: int) -> Iterator[Curve]:
    """The straight line between a bar and what is over or under it, if nothing stands in between."""
    (start, (_, high)), (end, (_, low)) = ((laid.places[stack], laid.sizes[stack]) for stack in edge)
    x = end.x if bar == edge[0] else start.x
    top, foot = start.y - high / 2, end.y + low / 2
    way = Point(x, (top + foot) / 2), (2 * ROOM, top - foot)
    within = abs(x - laid.places[bar].x) < laid.sizes[bar][0] / 2
    if within and not any(_touches(way, thing) for thing in _boxes(laid, {*edge})):
        yield (Point(x, top), Point(x, top), Point(x, top), Point(x, foot))


def _boxes(laid: Inside, but: set[int]) -> Iterable[Box]:
    boxes = zip(laid.places, laid.sizes, strict=True)
    return (box for number, box in enumerate(boxes) if number not in but)


def _passes(curve: Curve, box: Box) -> bool:
    """Whether a line runs through a box or close by."""
    low, high = (Point(*map(of, zip(*curve, strict=True))) for of in (min, max))
    around = Point((low.x + high.x) / 2, (low.y + high.y) / 2), (high.x - low.x + 1, high.y - low.y + 1)
    return _touches(around, box) and any(_touches((point, (1.0, 1.0)), box) for point in _along(curve))


def _along(curve: Curve) -> Iterator[Point]:
    """Points on a curve, close enough to hit any box that it runs through."""
    for piece in zip(curve[:-1:3], curve[1::3], curve[2::3], curve[3::3], strict=True):
        ways = (abs(b.x - a.x) + abs(b.y - a.y) for a, b in pairwise(piece))
        steps = int(sum(ways) / ROOM) + 1
        yield from (_between(piece, step / steps) for step in range(steps + 1))


def _between(points: Sequence[Point], part: float) -> Point:
    """The point so far along a Bezier curve (de Casteljau)."""
    while len(points) > 1:
        points = [Point(a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part) for a, b in pairwise(points)]
    return points[0]


def _touches(one: Box, other: Box) -> bool:
    (a, (width, height)), (b, (wide, high)) = one, other
    return abs(a.x - b.x) < (width + wide) / 2 + ROOM and abs(a.y - b.y) < (height + high) / 2


def _with(items: tuple[T, ...], number: int, item: T) -> tuple[T, ...]:
    return (*items[:number], item, *items[number + 1 :])
