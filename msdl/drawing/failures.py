"""Errors -> the cells in which they stand."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msdl.diagnostics import Diagnostic, Severity
from msdl.network.graph import IMAGE, Exit, Graph, Node
from msdl.network.layers import Broken
from msdl.source import Span

LAYER = re.compile(r"\blayer (\d+)\b")


def failures(graph: Graph, diagnostics: Iterable[Diagnostic]) -> dict[str, str]:
    """For every cell in which an error stands, what is wrong there.

    An error leaves a broken node, and so does every op behind one. A cell failed where words of its own are at fault,
    or where what arrives is sound; the others are unknown only. A broken input is the fault of those that read it.
    """
    errors = [each for each in diagnostics if each.severity is Severity.ERROR]
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for node in graph:
        if isinstance(node.layer, Broken):
            cells = (
                [reader.cell.id for reader in graph if IMAGE in reader.inputs] if node.id == IMAGE else [node.cell.id]
            )
            for cell in cells:
                found[cell] |= dict.fromkeys(_messages(graph, node, errors, bool(found[cell])))
    for exit in graph.exits:
        found[exit.cell.id] |= dict.fromkeys(each.message for each in errors if _concerns(each, exit))
    return {cell: " ".join(messages) for cell, messages in found.items() if messages}


def _messages(graph: Graph, node: Node, errors: Sequence[Diagnostic], is_known: bool) -> list[str]:
    """What is wrong with a broken node: the errors in its words, or one that points there, or one in its statement.

    `is_known` tells that something else is wrong in its cell.
    """
    is_sound = arrives_sound(graph, node)
    at_fault = [error.message for error in errors if error.span is not None and _is_at(error.span, node, is_sound)]
    if at_fault or is_known or not is_sound:
        return at_fault
    pointing = (error.message for error in errors for label in error.labels if _is_at(label.span, node, is_sound))
    around = (error.message for error in errors if error.span is not None and error.span.is_within(node.cell.span))
    return [next(pointing, None) or next(around, None) or (errors[0].message if errors else "an error stands here")]


def arrives_sound(graph: Graph, node: Node) -> bool:
    """Whether all that a node reads has a shape: what is wrong with it is then wrong here."""
    return all(graph[id].shape is not None for id in node.inputs)


def _is_at(place: Span, node: Node, is_sound: bool) -> bool:
    """Whether a place is in a node's words. What holds them, or is a whole statement, may be at fault elsewhere too."""
    if is_sound:
        return place.is_within(node.span) or node.span.is_within(place)
    return node.span != node.cell.span and place.is_within(node.span)


def _concerns(error: Diagnostic, exit: Exit) -> bool:
    """Whether an error is about an exit. A statement places many; a message that names layers is about those."""
    layers = LAYER.findall(error.message)
    is_here = error.span is not None and error.span.is_within(exit.span)
    return is_here and (not layers or str(exit.layer) in layers)
