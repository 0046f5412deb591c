"""Graph -> the graph that inference needs: batch norms become part of the convolutions before them.

After training a batch norm is a fixed scale and shift for each channel, y = g (x - m) / sqrt(v + eps) + b, and a
convolution followed by one is a convolution with other weights and a bias (Jacob et al., CVPR 2018, section 3.2).
Dropout does nothing any more. `msdl.runtime.folding` does the same to the weights.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from msdl.network.graph import Exit, Graph, Node
from msdl.network.layers import BatchNorm, Conv, Dropout


@dataclass(frozen=True, slots=True)
class Fold:
    """A batch norm that a convolution has taken in, both by the ids of their nodes."""

    conv: str
    norm: str
    eps: float
    had_bias: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """The graph without what inference has no need of; every node that is left keeps its id."""

    graph: Graph
    folds: tuple[Fold, ...]


def folded(graph: Graph) -> Folded:
    """Folds every batch norm that stands alone behind a convolution; those elsewhere stay what they are."""
    folds = {fold.norm: fold for fold in _folds(graph)}
    # What stands for a node that is gone: where several follow each other, the first was replaced before the next.
    instead: dict[str, str] = {}
    for node in graph:
        source = node.inputs[0] if node.inputs else ""
        if node.id in folds or isinstance(node.layer, Dropout):
            instead[node.id] = instead.get(source, source)
    takers = {fold.conv for fold in folds.values()}
    kept = tuple(_kept(node, instead, node.id in takers) for node in graph if node.id not in instead)
    exits = tuple(_exit(exit, instead) for exit in graph.exits)
    outputs = {cell: instead.get(id, id) for cell, id in graph.outputs.items()}
    nodes = {node.id: node for node in kept}
    return Folded(replace(graph, exits=exits, outputs=outputs, nodes=nodes), tuple(folds.values()))


def _folds(graph: Graph) -> Iterator[Fold]:
    reads = Counter(source for node in graph for source in node.inputs)
    reads.update(exit.output for exit in graph.exits)
    for node in graph:
        if isinstance(node.layer, BatchNorm):
            source = graph[node.inputs[0]]
            if isinstance(source.layer, Conv) and reads[source.id] == 1:
                yield Fold(source.id, node.id, node.layer.eps, source.layer.bias)


def _kept(node: Node, instead: Mapping[str, str], takes_in: bool) -> Node:
    inputs = tuple(instead.get(source, source) for source in node.inputs)
    if takes_in:
        assert isinstance(node.layer, Conv)
        return replace(node, inputs=inputs, layer=replace(node.layer, bias=True))
    return replace(node, inputs=inputs)


def _exit(exit: Exit, instead: Mapping[str, str]) -> Exit:
    features, output = (instead.get(id, id) for id in (exit.features, exit.output))
    return replace(exit, features=features, output=output)
