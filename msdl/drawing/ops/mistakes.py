"""Errors -> the ops in which they stand."""

from __future__ import annotations

from collections.abc import Iterable

from msdl.diagnostics import Diagnostic, Severity
from msdl.drawing.failures import arrives_sound, failures
from msdl.network.graph import Graph
from msdl.network.layers import Broken


def mistakes(graph: Graph, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """For every node in which an error stands, its message.

    What comes behind an error is broken as well, since no shape arrives: it is a mistake only if one
    is said of it.
    """
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    of_cells = failures(graph, errors)
    found: dict[str, str] = {}
    for node in graph:
        if isinstance(node.layer, Broken):
            said = next((each.message for each in errors if each.span and each.span.is_within(node.span)), None)
            if said is not None or arrives_sound(graph, node):
                found[node.id] = said or of_cells.get(node.cell.id, "an error stands here")
    return found


def failed_cells(graph: Graph, diagnostics: Iterable[Diagnostic], found: Iterable[str]) -> dict[str, str]:
    """The messages of cells in which a mistake was found, and of exits that are wrong as wholes."""
    wrong = {graph[id].cell.id for id in found}
    broken = {node.cell.id for node in graph if isinstance(node.layer, Broken)}
    return {id: said for id, said in failures(graph, diagnostics).items() if id in wrong or id not in broken}
