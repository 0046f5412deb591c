"""Errors -> the cells in which they stand."""

from __future__ import annotations

from collections.abc import Iterable

from msdl.diagnostics import Diagnostic, Severity
from msdl.network.graph import Graph, Node
from msdl.network.layers import Broken
from msdl.source import Span


def failures(graph: Graph, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """For every cell in which an error stands, its message.

    An error leaves a broken node; its message is that of the error whose place overlaps the node's, or of the first
    one in the cell's statement.
    """
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    found: dict[str, str] = {}
    for node in graph:
        if isinstance(node.layer, Broken):
            found.setdefault(node.cell.id, _message(node, errors))
    for exit in graph.exits:
        for each in errors:
            if each.span is not None and _within(each.span, exit.span):
                found.setdefault(exit.cell.id, each.message)
    return found


def _message(node: Node, errors: list[Diagnostic]) -> str:
    for place in (node.span, node.cell.span):
        for each in errors:
            if each.span is not None and (_within(each.span, place) or _within(place, each.span)):
                return each.message
    return errors[0].message if errors else "an error stands here"


def _within(inner: Span, outer: Span) -> bool:
    return inner.source.name == outer.source.name and outer.start <= inner.start and inner.end <= outer.end
