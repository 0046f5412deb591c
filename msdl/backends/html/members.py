"""What of a graph each box of a picture stands for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import or_

from msdl.drawing.picture import Box, Picture
from msdl.network.graph import Cell, Graph, Node
from msdl.network.layers import Shape, macs, parameters
from msdl.network.schedule import needed_by


@dataclass(frozen=True, slots=True)
class Member:
    """A box with its cell and its nodes: all of the cell's, or the one op that is drawn.

    `value` is the node whose value it puts out, `needs` are the exits that need it, as bits. An exit's box has no nodes
    where its head is `identity`, or is drawn beside it op by op.
    """

    box: Box
    cell: Cell
    nodes: tuple[Node, ...]
    value: Node | None
    needs: int

    @property
    def shape(self) -> Shape | None:
        return None if self.value is None else self.value.shape

    @property
    def macs(self) -> int:
        return sum(macs(node.layer, node.shape) for node in self.nodes if node.shape is not None)

    @property
    def parameters(self) -> int:
        return sum(parameters(node.layer) for node in self.nodes)


def members(picture: Picture, graph: Graph) -> tuple[Member, ...]:
    """A member for every box, in the order of the boxes."""
    cells = {node.cell.id: node.cell for node in graph} | {exit.cell.id: exit.cell for exit in graph.exits}
    outputs = {**graph.outputs, **{exit.cell.id: exit.output for exit in graph.exits}}
    own_exit = {exit.cell.id: 1 << number for number, exit in enumerate(graph.exits)}
    ops = {box.id for box in picture if box.role == "op"}
    nodes: dict[str, list[Node]] = defaultdict(list)
    for node in graph:
        nodes[node.id if node.id in ops else node.cell.id].append(node)
    needs = needed_by(graph)
    found = []
    for box in picture:
        own = tuple(nodes[box.id])
        value = graph[box.id] if box.id in ops else graph.nodes.get(outputs.get(box.id, ""))
        mask = reduce(or_, (needs[node.id] for node in own), own_exit.get(box.id, 0))
        found.append(Member(box, value.cell if box.id in ops and value else cells[box.id], own, value, mask))
    return tuple(found)
