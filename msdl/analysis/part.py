"""What of a graph can be asked about: a cell, or one of its nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from msdl.network.graph import Cell, Graph, Node
from msdl.network.layers import macs, parameters

COORDINATES = re.compile(r"(?:layer)? ?(\d{1,9})[., ] ?(?:scale)? ?(\d{1,9})", re.ASCII)
IN_A_SWEEP = re.compile(r"sweep (\w+)(?: at |[., ]) ?(?:scale)? ?(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A cell with the nodes that were made in it, or a single node; `value` is the node that others read.

    A cell whose chains are all `identity` has no node. Then this is the cell that its value comes from, and
    `instead_of` the one without nodes.
    """

    id: str
    cell: Cell
    nodes: tuple[Node, ...]
    value: Node
    instead_of: str | None = None

    @classmethod
    def of_cell(cls, graph: Graph, nodes: Sequence[Node]) -> Part:
        """The cell that these nodes, all of its own, were made in."""
        cell = nodes[0].cell
        return cls(cell.id, cell, tuple(nodes), graph[graph.outputs.get(cell.id, cell.id)])

    @classmethod
    def of_node(cls, node: Node) -> Part:
        return cls(node.id, node.cell, (node,), node)

    @property
    def is_cell(self) -> bool:
        return self.id == self.cell.id

    @property
    def macs(self) -> int:
        return sum(macs(node.layer, node.size) for node in self.nodes)

    @property
    def parameters(self) -> int:
        return sum(parameters(node.layer) for node in self.nodes)


def part(graph: Graph, word: str) -> Part | None:
    """The part of this id; else that of the exit of this name, or of a cell in short.

    That is `7.2` or `layer 7 scale 2`, and `sweep enc at scale 3`; the layer of a sweep will do as well.
    """
    heads = {exit.name: exit.cell.id for exit in graph.exits}
    for id in (word, heads.get(word, ""), _in_a_sweep(word), _written_out(graph, word)):
        if id in graph.outputs:
            return _cell(graph, id)
        if id in graph:
            return Part.of_node(graph[id])
    return None


def _cell(graph: Graph, id: str) -> Part:
    if nodes := [node for node in graph if node.cell.id == id]:
        return Part.of_cell(graph, nodes)
    return replace(_cell(graph, graph[graph.outputs[id]].cell.id), instead_of=id)


def coordinates(word: str) -> tuple[int, int] | None:
    """The layer and the scale of `layer7.scale2`, `layer 7 scale 2` or `7.2`."""
    found = COORDINATES.fullmatch(word)
    return None if found is None else (int(found[1]), int(found[2]))


def _in_a_sweep(word: str) -> str:
    """The id of a sweep's cell in the words that say where it is; a sweep without a name is called by its number."""
    found = IN_A_SWEEP.fullmatch(word)
    if found is None:
        return ""
    name = f"sweep{found[1]}" if found[1].isdecimal() else found[1]
    return f"{name}.scale{int(found[2])}"


def _written_out(graph: Graph, word: str) -> str:
    """The id of a cell in short; the stem is scale 1 of layer 0."""
    at = coordinates(word)
    if at == (0, 1):
        return "stem"
    cells = (node.cell for node in graph if node.cell.role == "cell")
    return next((cell.id for cell in cells if (cell.layer, cell.scale) == at), _of_a_grid(at))


def _of_a_grid(at: tuple[int, int] | None) -> str:
    """The id of a cell that may have no node of its own."""
    return "" if at is None else f"layer{at[0]}.scale{at[1]}"
