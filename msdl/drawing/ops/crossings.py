"""Lines from cell to cell: which op of which cell reads a value of another, and by which rule of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast, get_args

from msdl.analysis.rule import rule
from msdl.drawing.picture import LineKind
from msdl.network.graph import Graph, Node

# Where a cell has no path of its own, these take over what its scale held.
SAME_SCALE = {"then": "horizontal", "transition": "horizontal"}


@dataclass(frozen=True, slots=True)
class Crossing:
    """An edge of the graph that leaves a cell. `falls` tells that it comes from a finer scale, thus from above."""

    source: str
    target: str
    cell: str
    kind: LineKind
    falls: bool


def crossings(graph: Graph) -> Iterator[Crossing]:
    """Every edge of the graph between two cells, each once, and an exit whose head is `identity`."""
    for node in graph:
        for id in dict.fromkeys(node.inputs):
            source = graph[id]
            if source.cell.id != node.cell.id:
                yield Crossing(id, node.id, node.cell.id, _kind(node, source), source.cell.scale < node.cell.scale)
    for exit in graph.exits:
        if graph[exit.output].cell.id != exit.cell.id:
            yield Crossing(exit.output, exit.cell.id, exit.cell.id, "exit", True)


def _kind(node: Node, source: Node) -> LineKind:
    """The rule, if lines of its own are drawn for it; the stem's and those of a dense history are plain ones."""
    name = rule(node, source).rstrip("0123456789")
    name = SAME_SCALE.get(name, name)
    return cast(LineKind, name) if name in get_args(LineKind) else "op"
