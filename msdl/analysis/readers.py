"""Who reads a node: the edges of a graph the other way round."""

from __future__ import annotations

from collections.abc import Mapping

from msdl.network.graph import Graph, Node


def readers(graph: Graph) -> Mapping[str, list[Node]]:
    """For every node those that read it, each once and in order."""
    found: dict[str, list[Node]] = {node.id: [] for node in graph}
    for node in graph:
        for source in dict.fromkeys(node.inputs):
            found[source].append(node)
    return found
