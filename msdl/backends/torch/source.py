"""A graph and its schedule -> the source of a PyTorch module, to be trained or for inference."""

from __future__ import annotations

from collections.abc import Sequence

from msdl.backends.torch.builders import builders
from msdl.backends.torch.classes import Classes
from msdl.backends.torch.folding import folding
from msdl.backends.torch.modules import Modules, chains
from msdl.backends.torch.naming import Names
from msdl.backends.torch.network import attributes, constructor, methods, outputs
from msdl.backends.torch.parts import Flow, tree
from msdl.backends.torch.structure import Cutter, Holder
from msdl.backends.torch.writing import View, write
from msdl.network.folding import Fold
from msdl.network.graph import Graph
from msdl.network.layers import Broken
from msdl.network.schedule import Schedule


def source(graph: Graph, schedule: Schedule, digest: str, version: str, folds: Sequence[Fold] | None = None) -> str:
    """The source of a module for a checked network, or for a folded one and its `folds`: then it is for inference."""
    assert not any(isinstance(node.layer, Broken) for node in graph), "a network with errors is not compiled"
    flow = Flow.of(graph, schedule, for_inference=folds is not None)
    cutter = Cutter.of(flow)
    root = cutter.cut(tree(graph, flow))
    assert isinstance(root, Holder)
    names = Names()
    functions = builders(chains(root, flow), names)
    classes = Classes(flow, cutter.cells, names)
    made = tuple(constructor(root, Modules(flow, functions, classes, cutter.holders)))
    sections = tuple(methods(root, schedule, flow, classes, cutter.holders))
    facts = tuple(attributes(graph, schedule))
    taken_in = None if folds is None else folding(folds)
    kinds = tuple(classes.known.values())
    return write(
        View(graph.name, digest, version, taken_in, facts, outputs(graph), functions.functions, kinds, made, sections)
    )
