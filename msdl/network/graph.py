"""The dependency graph of a network: a typed face on networkx.

A node is a primitive layer; an edge runs from a value to the layer that reads it. Nodes are kept in the order in which
they were elaborated, which is a topological order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msdl.network.layers import Image, Layer, Shape
from msdl.source import Span

if TYPE_CHECKING:
    import networkx as nx

IMAGE = "image"

Role = Literal["image", "stem", "cell", "between", "leave", "exit"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A place of the grid. Its nodes' ids start with its own id.

    `layer` is the number of the layer it belongs to (the stem is 0; a `leave` belongs to the layer after its stage),
    `scale` counts from 1, the finest. `span` is the statement it was written in.
    """

    id: str
    role: Role
    layer: int
    scale: int
    span: Span


@dataclass(frozen=True, slots=True)
class Node:
    """One primitive layer.

    `id` is a coordinate and, for layers with weights, the prefix of their state_dict keys. `shape` is None behind an
    error. `block` names the outermost block of the spec that the layer came from, or is empty; `span` is the word it
    was written with.
    """

    id: str
    layer: Layer
    inputs: tuple[str, ...]
    shape: Shape | None
    cell: Cell
    span: Span
    block: str = ""

    @property
    def within(self) -> str:
        """Its id behind its cell's: `diagonal.0`, `join`; empty where it is the cell's own."""
        return self.id.removeprefix(self.cell.id).removeprefix(".")

    @property
    def size(self) -> Shape:
        """The shape, in a graph that was checked."""
        assert self.shape is not None
        return self.shape


@dataclass(frozen=True, slots=True)
class Exit:
    """An output: `features` is the node it reads, `output` the node it puts out.

    `name` is exit1, exit2, .. in layer order, or the name the spec gives (`named`); `cell` holds the head's nodes.
    `placed` tells that the spec chose the scale with `on scale`.
    """

    name: str
    cell: Cell
    features: str
    output: str
    placed: bool
    named: bool
    span: Span

    @property
    def layer(self) -> int:
        return self.cell.layer

    @property
    def scale(self) -> int:
        return self.cell.scale


@dataclass(frozen=True)
class Graph:
    """A network, elaborated.

    `nodes` are in topological order, the image first; `outputs` maps a cell's id to the node that holds its value;
    `scales` counts the declared scales; `grid` tells that the network was written with `layers`, whose classifiers have
    to read coarse features.
    """

    name: str
    image: Shape
    scales: int
    grid: bool
    exits: tuple[Exit, ...]
    outputs: Mapping[str, str]
    nodes: Mapping[str, Node] = field(repr=False)

    @classmethod
    def of(
        cls,
        name: str,
        image: Shape,
        scales: int,
        grid: bool,
        exits: Iterable[Exit],
        outputs: Mapping[str, str],
        nodes: Iterable[Node],
    ) -> Graph:
        """A graph of nodes in topological order."""
        return cls(name, image, scales, grid, tuple(exits), outputs, {node.id: node for node in nodes})

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, id: object) -> bool:
        return id in self.nodes

    def __getitem__(self, id: str) -> Node:
        return self.nodes[id]

    def __iter__(self) -> Iterator[Node]:
        """Every node, each after what it reads."""
        return iter(self.nodes.values())

    @property
    def backwards(self) -> Iterator[Node]:
        """Every node, each before what it reads."""
        return reversed(list(self.nodes.values()))

    @property
    def layers(self) -> Iterator[Node]:
        """Every node but the image."""
        return (node for node in self if not isinstance(node.layer, Image))

    @cached_property
    def edges(self) -> nx.DiGraph[str]:
        """The graph as networkx has it, ids alone: an edge runs from a value to the layer that reads it."""
        # Loading networkx takes 0.1 s, and not everything that looks at a graph needs it.
        import networkx as nx

        edges: nx.DiGraph[str] = nx.DiGraph()
        edges.add_nodes_from(self.nodes)
        edges.add_edges_from((source, node.id) for node in self for source in node.inputs)
        return edges

    def ancestors(self, *ids: str) -> set[str]:
        """The ids and all they depend on, by one sweep against the edges."""
        found = set(ids)
        for node in self.backwards:
            if node.id in found:
                found.update(node.inputs)
        return found

    def only(self, keep: set[str], exits: Iterable[Exit]) -> Graph:
        """The part of the graph that `keep` names, in the same order."""
        nodes = {id: node for id, node in self.nodes.items() if id in keep}
        outputs = {cell: id for cell, id in self.outputs.items() if id in keep}
        return replace(self, exits=tuple(exits), outputs=outputs, nodes=nodes)
