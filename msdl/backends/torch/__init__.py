"""Schedule -> the source of a PyTorch module: standalone, typed, readable, one method a section."""

from __future__ import annotations

from msdl.backends.torch.builders import builders
from msdl.backends.torch.classes import Classes
from msdl.backends.torch.modules import Modules, chains
from msdl.backends.torch.naming import Names
from msdl.backends.torch.network import attributes, constructor, methods
from msdl.backends.torch.parts import Flow, tree
from msdl.backends.torch.structure import Cutter, Holder
from msdl.backends.torch.writing import View, write
from msdl.network.graph import Graph
from msdl.network.layers import Broken
from msdl.network.schedule import Schedule


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The source of a module for a checked network. `digest` and `version` are for its header."""
    assert not any(isinstance(node.layer, Broken) for node in graph), "a network with errors is not compiled"
    flow = Flow.of(graph, schedule)
    cutter = Cutter.of(flow)
    root = cutter.cut(tree(graph, flow))
    assert isinstance(root, Holder)
    names = Names()
    functions = builders(chains(root, flow), names)
    classes = Classes(flow, cutter.cells, names)
    made = tuple(constructor(root, Modules(flow, functions, classes, cutter.holders)))
    sections = tuple(methods(root, schedule, flow, classes, cutter.holders))
    facts = tuple(attributes(graph, schedule))
    view = View(graph.name, digest, version, facts, functions.functions, tuple(classes.known.values()), made, sections)
    return write(view)
