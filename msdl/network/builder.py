"""Collects the nodes of a graph while it is elaborated, gives them their ids and keeps their number in bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msdl.diagnostics import Diagnostic, error
from msdl.network.graph import IMAGE, Cell, Node
from msdl.network.layers import Broken, Image, Layer, Shape
from msdl.network.shapes import output
from msdl.source import Span

MOST_NODES = 250_000
MOST_BLOCKS_IN_A_CHAIN = 10_000
# What all `unpool`s together may look at while they look for their pools.
MOST_LOOKED_AT = 1_000_000


class TooLarge(Exception):
    """The network grows over what msdl takes on; elaboration ends here."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


def too_large(span: Span, caption: str) -> TooLarge:
    message = f"The network grows over {MOST_NODES:,} nodes, the most that msdl takes on."
    return TooLarge(error("MSD517", message, span, caption))


@dataclass(frozen=True, slots=True)
class Value:
    """A feature map during elaboration: the node that makes it and its shape, None behind an error."""

    id: str
    shape: Shape | None


@dataclass(slots=True)
class Trail:
    """Where ids come from: ops are numbered along their chain, joins are named by what they do and take no number."""

    prefix: str
    cell: Cell
    count: int = 0
    joins: dict[str, int] = field(default_factory=dict)

    def op(self) -> str:
        id = f"{self.prefix}.{self.count}"
        self.count += 1
        return id

    def join(self, kind: str) -> str:
        nth = self.joins[kind] = self.joins.get(kind, 0) + 1
        return f"{self.prefix}.{kind}{nth if nth > 1 else ''}"

    @property
    def is_new(self) -> bool:
        """Whether nothing was named after it yet."""
        return not self.count and not self.joins

    def within(self, name: str) -> Trail:
        """The trail of an equation."""
        return Trail(f"{self.prefix}.{name}", self.cell)

    def nested(self) -> Trail:
        """The trail of a block of equations inside the chain: it takes the next number."""
        return Trail(self.op(), self.cell)


@dataclass
class Builder:
    """The nodes so far, and how many blocks were entered: blocks that make no node have to end as well.

    `around` has the nodes of the network in which a chain is only tried.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    around: Mapping[str, Node] = field(default_factory=dict)
    blocks: int = 0
    blocks_before_chain: int = 0
    looked_at: int = 0

    def image(self, shape: Shape | None, span: Span) -> Value:
        cell = Cell(IMAGE, "image", 0, 1, span)
        layer: Layer = Broken() if shape is None else Image(shape)
        self.nodes[IMAGE] = Node(IMAGE, layer, (), shape, cell, span)
        return Value(IMAGE, shape)

    def add(self, id: str, layer: Layer, inputs: Sequence[Value], cell: Cell, span: Span, block: str = "") -> Value:
        """A node. Raises Misfit when the shapes don't go into the layer."""
        ids = tuple([value.id for value in inputs])
        shapes = [value.shape for value in inputs if value.shape is not None]
        shape = output(layer, shapes) if len(shapes) == len(ids) else None
        return self._keep(Node(id, layer, ids, shape, cell, span, block))

    def broken(self, id: str, inputs: Sequence[Value], cell: Cell, span: Span) -> Value:
        """A node in whose place an error stands."""
        return self._keep(Node(id, Broken(), tuple(v.id for v in inputs), None, cell, span))

    def _keep(self, node: Node) -> Value:
        if len(self.nodes) >= MOST_NODES:
            raise too_large(node.span, "the last straw")
        if node.id in self.nodes:
            raise AssertionError(f"two nodes are called {node.id}")
        self.nodes[node.id] = node
        return Value(node.id, node.shape)

    def node(self, id: str) -> Node:
        """The node of this id."""
        return self.nodes.get(id) or self.around[id]

    def begin_chain(self) -> None:
        """A rule's or an exit's chain begins; the uses of blocks in it are counted anew."""
        self.blocks_before_chain = self.blocks

    def enter_block(self, span: Span) -> None:
        """Counts the use of a block. Raises TooLarge."""
        self.blocks += 1
        if self.blocks - self.blocks_before_chain > MOST_BLOCKS_IN_A_CHAIN:
            message = f"One chain uses blocks more than {MOST_BLOCKS_IN_A_CHAIN:,} times; does it double at every use?"
            raise TooLarge(error("MSD517", message, span, "the last straw"))
        if self.blocks > MOST_NODES:
            message = f"The network uses blocks more than {MOST_NODES:,} times, the most that msdl takes on."
            raise TooLarge(error("MSD517", message, span, "the last straw"))

    def look_back(self, span: Span) -> None:
        """Counts a node that the search for a pool passes. Raises TooLarge."""
        self.looked_at += 1
        if self.looked_at > MOST_LOOKED_AT:
            message = f"The pools to undo lie more than {MOST_LOOKED_AT:,} nodes back, all counted together."
            raise TooLarge(error("MSD517", message, span, "the last straw"))

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())
