"""What of a graph can be asked about: a cell, or one of its nodes."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from msdl.network.graph import Cell, Graph, Node
from msdl.network.layers import macs, parameters

COORDINATES = re.compile(r"(?:layer)? ?(\d{1,9})[., ] ?(?:scale)? ?(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A cell with the nodes that were made in it, or a single node; `value` is the node that others read.

    A cell whose chains are all `identity` has no node. Then this is the cell that its value comes from, and
    `instead_of` the one without nodes.
    """

    id: str
    cell: Cell
    nodes: tuple[Node, ...]
    value: Node
    instead_of: str | None = None

    @property
    def is_cell(self) -> bool:
        return self.id == self.cell.id

    @property
    def macs(self) -> int:
        return sum(macs(node.layer, node.size) for node in self.nodes)

    @property
    def parameters(self) -> int:
        return sum(parameters(node.layer) for node in self.nodes)


def place(graph: Graph, word: str) -> Place | None:
    """The place of this id; else that of the exit of this name, or of a cell in short: `7.2`, `layer 7 scale 2`."""
    heads = {exit.name: exit.cell.id for exit in graph.exits}
    for id in (word, heads.get(word, ""), _written_out(word)):
        if id in graph.outputs:
            return _cell(graph, id)
        if id in graph:
            return Place(id, graph[id].cell, (graph[id],), graph[id])
    return None


def _cell(graph: Graph, id: str) -> Place:
    value = graph[graph.outputs.get(id, id)]
    nodes = tuple(node for node in graph if node.cell.id == id)
    return Place(id, nodes[0].cell, nodes, value) if nodes else replace(_cell(graph, value.cell.id), instead_of=id)


def coordinates(word: str) -> tuple[int, int] | None:
    """The layer and the scale of `layer7.scale2`, `layer 7 scale 2` or `7.2`."""
    found = COORDINATES.fullmatch(word)
    return None if found is None else (int(found[1]), int(found[2]))


def _written_out(word: str) -> str:
    """The id of a cell in short; the stem is scale 1 of layer 0."""
    match coordinates(word):
        case None:
            return ""
        case (0, 1):
            return "stem"
        case (layer, scale):
            return f"layer{layer}.scale{scale}"
