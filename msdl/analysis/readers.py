"""Who reads a node, a cell: the edges of a graph the other way round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msdl.analysis.part import Part
from msdl.network.graph import Graph, Node

Readers = Mapping[str, Sequence[Node]]


def readers(graph: Graph) -> Readers:
    """For every node those that read it, each once and in order."""
    found: dict[str, list[Node]] = {node.id: [] for node in graph}
    for node in graph:
        for source in dict.fromkeys(node.inputs):
            found[source].append(node)
    return found


def readers_of(part: Part, read_by: Readers) -> Readers:
    """Who reads a part, by their ids: the nodes that read a node; the cells that read a cell, each by which nodes.

    Nobody reads a cell whose value was made in another one.
    """
    found: dict[str, list[Node]] = {}
    for node in read_by[part.value.id] if part.value in part.nodes else ():
        found.setdefault(node.cell.id if part.is_cell else node.id, []).append(node)
    return found
