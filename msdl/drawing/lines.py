"""Connections -> lines: straight between neighbours, arcs for dense connections, or folded into bold ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from msdl.analysis.connections import Connection
from msdl.drawing.boxes import Boxes
from msdl.drawing.curves import across, arc, down, swing
from msdl.drawing.picture import Box, Line, Point, State, View
from msdl.network.graph import Graph

# Above this many, arcs are a blot.
MOST_ARCS = 320


def lines(graph: Graph, connections: Sequence[Connection], boxes: Boxes, view: View) -> tuple[Line, ...]:
    """A line for every connection, or for the nearest of those that come from a scale into a cell by one rule."""
    shown = [each for each in connections if each.source in boxes.by_id and each.target in boxes.by_id]
    folded = _folded(shown)
    dense = [each for each in shown if not each.near and each.kind != "exit"]
    if _style(dense, view) == "fold":
        return tuple(_line(each, folded[_bundle(each)], boxes) for each in shown if each.near)
    near = [_line(each, (each.source,), boxes) for each in shown if each.near]
    return (*(_line(each, (each.source,), boxes) for each in dense), *near)


def _style(dense: Sequence[Connection], view: View) -> Literal["all", "fold"]:
    if view.dense == "auto":
        return "all" if len(dense) <= MOST_ARCS else "fold"
    return view.dense


def _bundle(connection: Connection) -> tuple[str, str]:
    return connection.target, connection.kind


def _folded(connections: Iterable[Connection]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """All sources of each cell, by the rule through which they come."""
    bundles: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in connections:
        if each.kind != "exit" or each.near:
            bundles[_bundle(each)].append(each.source)
    return {bundle: tuple(sources) for bundle, sources in bundles.items()}


def _line(connection: Connection, sources: tuple[str, ...], boxes: Boxes) -> Line:
    source, target = boxes.by_id[connection.source], boxes.by_id[connection.target]
    earlier = f" and {len(sources) - 1} before it" if len(sources) > 1 else ""
    return Line(
        f"{source.id}--{connection.kind}--{target.id}",
        connection.kind,
        source.id,
        target.id,
        _curve(source, target, connection.near),
        sources,
        _state(source, target),
        f"{connection.kind}: {source.id}{earlier} to {target.id}",
    )


def _state(source: Box, target: Box) -> State:
    """A line is needed where its target is: what is needed needs all that it reads."""
    if target.state == "needed":
        return "needed" if source.state == "needed" else "skipped"
    return "skipped" if target.state in ("skipped", "later") else "plain"


def _curve(source: Box, target: Box, near: bool) -> tuple[Point, ...]:
    if target.x <= source.x:
        return down(source, target)
    if source.y == target.y:
        return across(source, target) if near else arc(source, target)
    return across(source, target) if near else swing(source, target)
