"""What no exit needs: elaborated, and dropped before anything is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msdl.analysis.place import Place
from msdl.analysis.readers import readers
from msdl.network.graph import Graph, Node
from msdl.network.schedule import needed_by


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A cell that no exit needs, or a node of a cell that is needed otherwise.

    `readers` are the cells that read the cell, or the nodes that read the node; no exit needs them either.
    """

    place: Place
    readers: tuple[str, ...]


def unneeded(graph: Graph) -> tuple[Unneeded, ...]:
    """What no exit needs, in the order of elaboration."""
    needs, read_by = needed_by(graph), readers(graph)
    cells: dict[str, list[Node]] = defaultdict(list)
    for node in graph.layers:
        cells[node.cell.id].append(node)
    found: list[Unneeded] = []
    for id, nodes in cells.items():
        dropped = [node for node in nodes if not needs[node.id]]
        if len(dropped) == len(nodes):
            place = Place(id, nodes[0].cell, tuple(nodes), graph[graph.outputs[id]])
            found.append(Unneeded(place, _cells(nodes, read_by)))
        else:
            found += [Unneeded(Place(n.id, n.cell, (n,), n), tuple(r.id for r in read_by[n.id])) for n in dropped]
    return tuple(found)


def _cells(nodes: Iterable[Node], read_by: Mapping[str, list[Node]]) -> tuple[str, ...]:
    """The other cells that read a cell's nodes."""
    found = {reader.cell.id: None for node in nodes for reader in read_by[node.id] if reader.cell.id != node.cell.id}
    return tuple(found)
