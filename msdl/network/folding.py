"""Graph -> the graph that inference needs: batch norms become part of the convolutions before them.

After training a batch norm is a fixed scale and shift for each channel, y = g (x - m) / sqrt(v + eps) + b, and a
convolution followed by one is a convolution with other weights and a bias (Jacob et al., CVPR 2018, section 3.2),
a transposed one, too. Dropout does nothing any more, nor does a `fit` that has nothing to pad.
`msdl.runtime.folding` does the same to the weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace

from msdl.network.graph import Graph, Node
from msdl.network.layers import BatchNorm, Conv, Deconv, Dropout, Pad


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch norm that a convolution has taken in, by the ids of their nodes; `layer` is what the convolution was."""

    conv: str
    norm: str
    eps: float
    layer: Conv | Deconv


@dataclass(frozen=True, slots=True)
class Folded:
    """The graph without what inference has no need of; every node that is left keeps its id."""

    graph: Graph
    folds: tuple[Fold, ...]


def folded(graph: Graph) -> Folded:
    """Folds every batch norm that alone reads a convolution, idle layers apart; others stay what they are."""
    awake = _without(graph, {node.id for node in graph if does_nothing(node)})
    folds = tuple(_folds(awake))
    takers = {fold.conv for fold in folds}
    nodes = {node.id: _with_bias(node) if node.id in takers else node for node in awake}
    return Folded(_without(replace(awake, nodes=nodes), {fold.norm for fold in folds}), folds)


def does_nothing(node: Node) -> bool:
    """Whether a layer puts out what it reads, once training is over."""
    return isinstance(node.layer, Dropout) or node.layer == Pad(0, 0, 0, 0)


def _without(graph: Graph, gone: Set[str]) -> Graph:
    """The graph without nodes that read one value each: who read them reads that."""
    # Where several follow each other, the first was replaced before the next.
    instead: dict[str, str] = {}
    for id in (node.id for node in graph if node.id in gone):
        (source,) = graph[id].inputs
        instead[id] = instead.get(source, source)

    def now(id: str) -> str:
        return instead.get(id, id)

    kept = (node for node in graph if node.id not in gone)
    nodes = {node.id: replace(node, inputs=tuple(map(now, node.inputs))) for node in kept}
    exits = tuple(replace(exit, features=now(exit.features), output=now(exit.output)) for exit in graph.exits)
    outputs = {cell: now(id) for cell, id in graph.outputs.items()}
    return replace(graph, exits=exits, outputs=outputs, nodes=nodes)


def _folds(graph: Graph) -> Iterator[Fold]:
    reads = Counter(source for node in graph for source in node.inputs)
    reads.update(exit.output for exit in graph.exits)
    for node in graph:
        if isinstance(node.layer, BatchNorm):
            source = graph[node.inputs[0]]
            if isinstance(source.layer, Conv | Deconv) and reads[source.id] == 1:
                yield Fold(source.id, node.id, node.layer.eps, source.layer)


def _with_bias(node: Node) -> Node:
    assert isinstance(node.layer, Conv | Deconv)
    return replace(node, layer=replace(node.layer, bias=True))
