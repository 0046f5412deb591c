"""How ONNX Runtime lays feature maps out on a CPU, and what it asks of a graph: for speed alone, not for the results.

It computes convolutions on channels in blocks of 8 or 16, as wide as the processor's registers. Convolutions and pools
bring maps into blocks, and a concatenation keeps them there if all its parts fill their blocks. Elsewhere maps are put
into blocks and taken out again, copied each time (docs/benchmarks.md). So here

- a 1x1 convolution of a concatenation that isn't kept in blocks is written as one of a row of pixels: that is a product
  of matrices, which needs no blocks. Otherwise every convolution that reads a dense history would copy all of it.
- a state that would be kept in blocks is pooled over windows of one pixel. It comes into a section as it is exchanged,
  and nothing that is concatenated to it would be kept in blocks either, layer after layer; pooled, it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from msdl.backends.onnx.layers import learned, operators
from msdl.backends.onnx.operators import Operator, Previous, Read, integers
from msdl.backends.onnx.resampling import whole
from msdl.network.graph import Graph, Node
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    Image,
    Layer,
    Multiply,
    Pool,
    Resize,
    Shape,
)
from msdl.network.schedule import Schedule

# The widest blocks there are; what fills them fills narrower ones.
BLOCK = 16


@dataclass(frozen=True)
class Layout:
    """Which layers of a graph are written in another way than by themselves.

    `loose` are the ids of concatenations not kept in blocks. `products` are 1x1 convolutions that read one, each
    with the id of the value its operators end in: its own, or that of the ReLU that is computed with it.
    """

    graph: Graph
    loose: frozenset[str]
    products: Mapping[str, str]

    @classmethod
    def of(cls, graph: Graph, schedule: Schedule) -> Layout:
        loose = _loose(graph)
        found = [node.id for node in graph if _is_pointwise(node) and node.inputs[0] in loose]
        ends = _relus(graph, schedule)
        return cls(graph, loose, {id: ends.get(id, id) for id in found})

    def lines(self, nodes: Iterable[str]) -> Iterator[tuple[Node, str, Sequence[Operator]]]:
        """For each of these nodes the operators that compute it, and the id of the value they end in."""
        done = set(self.products.values()).difference(self.products)
        for node in (self.graph[id] for id in nodes if id not in done):
            shapes = [self.graph[id].size for id in node.inputs]
            if node.id in self.products and isinstance(node.layer, Conv):
                end = self.products[node.id]
                yield node, end, [*_product(node.layer, shapes[0], relu=end != node.id)]
            else:
                yield node, node.id, [*operators(node.layer, shapes)]

    def brought(self, given: Iterable[str], nodes: Collection[str]) -> Iterator[str]:
        """Which of the values that a section is given are brought into blocks first, for the nodes it computes."""
        kept = [node for node in nodes if isinstance(self.graph[node].layer, Concat) and node not in self.loose]
        read = {id for node in kept for id in self.graph[node].inputs}
        return (id for id in given if id in read)


def _loose(graph: Graph) -> frozenset[str]:
    """Concatenations of which a part doesn't fill its blocks, or has left them."""
    stay: set[str] = set()
    for node in graph:
        if _stays(node, graph, stay):
            stay.add(node.id)
    return frozenset(node.id for node in graph if isinstance(node.layer, Concat) and node.id not in stay)


def _stays(node: Node, graph: Graph, stay: Set[str]) -> bool:
    """Whether ONNX Runtime has a value in blocks; `stay` are those before it of which that is so.

    It knows convolutions, pools and what is elementwise, and whole scales of resizing; elsewhere maps leave their
    blocks. What a section is given is brought there.
    """
    kept = all(id in stay for id in node.inputs)
    if node.size.channels % BLOCK:
        return False
    match node.layer:
        case Image() | Pool() | AdaptivePool(height=1, width=1):
            return True
        case Conv(inputs, outputs, groups=groups):
            in_blocks = groups in (1, inputs) or not any(channels // groups % BLOCK for channels in (inputs, outputs))
            return in_blocks and (kept or not _is_pointwise(node) or not isinstance(_read(node, graph), Concat))
        case Resize():
            return kept and whole(node.layer, graph[node.inputs[0]].size)
        case Activation(kind):
            return kept and kind in ("relu", "relu6", "sigmoid")
        case BatchNorm() | Add() | Multiply() | Concat():
            return kept
        case _:
            return False


def _read(node: Node, graph: Graph) -> Layer:
    """The layer whose value a node reads first."""
    return graph[node.inputs[0]].layer


def _is_pointwise(node: Node) -> bool:
    match node.layer:
        case Conv(kernel=(1, 1), stride=(1, 1), padding=(0, 0), groups=1):
            return True
        case _:
            return False


def _relus(graph: Graph, schedule: Schedule) -> Mapping[str, str]:
    """The ReLUs that alone read a value, by its id; what is state or an output isn't among these."""
    readers = Counter(id for node in graph for id in node.inputs)
    for section in schedule.sections:
        readers.update((section.exit.output, *section.state))
    relus = (node for node in graph if node.layer == Activation("relu"))
    return {node.inputs[0]: node.id for node in relus if readers[node.inputs[0]] == 1}


def _product(conv: Conv, shape: Shape, *, relu: bool) -> Iterator[Operator]:
    """A 1x1 convolution of a row of pixels, and its ReLU; the last operator gives a map again."""
    channels, height, width = shape.extents
    yield Operator("Reshape", (Read(), integers(0, channels, height * width)))
    weight, *bias = learned(conv)
    yield Operator("Conv", (Previous(), replace(weight, left_out=1), *bias), {"kernel_shape": (1,)})
    if relu:
        yield Operator("Relu", (Previous(),))
    yield Operator("Reshape", (Previous(), integers(0, conv.outputs, height, width)))
