"""What no exit needs: elaborated, and dropped before anything is counted."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from msdl.analysis.part import Part
from msdl.analysis.readers import readers, readers_of
from msdl.network.graph import Graph, Node
from msdl.network.schedule import needed_by


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A cell that no exit needs, or a node of a cell that is needed otherwise.

    `readers` are the cells that read the cell, or the nodes that read the node; no exit needs them either.
    """

    part: Part
    readers: tuple[str, ...]


def unneeded(graph: Graph) -> tuple[Unneeded, ...]:
    """What no exit needs, in the order of elaboration."""
    needs, read_by = needed_by(graph), readers(graph)
    cells: dict[str, list[Node]] = defaultdict(list)
    for node in graph.layers:
        cells[node.cell.id].append(node)
    parts: list[Part] = []
    for nodes in cells.values():
        dropped = [node for node in nodes if not needs[node.id]]
        parts += [Part.of_cell(graph, nodes)] if len(dropped) == len(nodes) else map(Part.of_node, dropped)
    return tuple(Unneeded(part, tuple(readers_of(part, read_by))) for part in parts)
