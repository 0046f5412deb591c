"""Structure -> the expressions that make the modules, in the constructor of the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from msdl.backends.torch.builders import Builders, Chain
from msdl.backends.torch.classes import Classes
from msdl.backends.torch.hints import chain_hint
from msdl.backends.torch.layers import Construction, construction, literal, sequential
from msdl.backends.torch.layout import Doc, Group, Labelled, call
from msdl.backends.torch.naming import plain, quoted
from msdl.backends.torch.parts import Flow
from msdl.backends.torch.scopes import counts_up, form, numbers
from msdl.backends.torch.structure import Holder, Leaf, Line, Structure, Unit
from msdl.network.graph import Node
from msdl.network.layers import Add, BatchNorm, Concat, Conv, Deconv, Linear, Mean, Multiply


def made(node: Node, flow: Flow) -> Construction:
    """The module of a node."""
    source = flow.graph[node.inputs[0]]
    return construction(node, source.size.flat, _may_write_over(source, node, flow))


def _may_write_over(source: Node, node: Node, flow: Flow) -> bool:
    """Whether nobody but a node needs what it reads.

    Its maker must have made it anew, which a slice doesn't, nor a dropout in evaluation; and must not need it for its
    gradient, so in training only what stands behind a convolution, a batch norm or a linear layer is written over.
    """
    if flow.uses[source.id] != [node.id] or source.id in flow.outputs:
        return False
    if isinstance(source.layer, Conv | Deconv | BatchNorm | Linear):
        near = source.id.rpartition(".")[0] == node.id.rpartition(".")[0]
        return near or (flow.for_inference and flow.section[source.id] == flow.section[node.id])
    return flow.for_inference and _is_sum(source) and flow.section[source.id] == flow.section[node.id]


def _is_sum(node: Node) -> bool:
    """Whether a node joins values; one value alone may be handed on as it is."""
    return isinstance(node.layer, Concat | Add | Multiply | Mean) and len(node.inputs) > 1


def chains(structure: Structure, flow: Flow) -> Iterator[Chain]:
    """The straight lines of primitive layers, called by their numbers, in a structure."""
    if isinstance(structure, Leaf):
        return
    leaves = [module for module in structure.modules if isinstance(module, Leaf)]
    is_chain = isinstance(structure, Line) or (isinstance(structure, Unit) and form(structure) != "parts")
    if is_chain and len(leaves) == len(structure.modules) and (called := numbers(structure.part.modules)):
        nodes = [leaf.node for leaf in leaves]
        path = structure.part.path
        layers = tuple(made(node, flow) for node in nodes)
        yield Chain(path, chain_hint(path, nodes), called, layers, tuple(node.span for node in nodes))
    for module in structure.modules:
        yield from chains(module, flow)


@dataclass(frozen=True)
class Modules:
    """Writes modules. `holders` are the paths above cells."""

    flow: Flow
    builders: Builders
    classes: Classes
    holders: frozenset[str]

    def doc(self, structure: Structure, nested_in: str = "") -> Doc:
        match structure:
            case Leaf(node=node):
                return literal(made(node, self.flow))
            case Line(part):
                if part.path in self.builders.uses:
                    return self.builders.uses[part.path]
                return self._sequential(structure.modules, nested_in)
            case Unit():
                return self._instance(structure, nested_in)
            case Holder(part, modules):
                if part.path in self.holders:
                    return call("nn.ModuleDict", self.dictionary(modules))
                return self._sequential(modules, nested_in)

    def _sequential(self, modules: Sequence[Structure], nested_in: str) -> Group:
        if called := numbers([module.part for module in modules]):
            return sequential(called, [self.doc(module, nested_in) for module in modules])
        return call("named", *self._keywords(modules, nested_in))

    def _instance(self, unit: Unit, nested_in: str) -> Doc:
        name = self.classes.of(unit, nested_in).name
        if form(unit) == "parts":
            return call(name, *self._keywords(unit.modules, name))
        built = self.builders.uses.get(unit.part.path)
        if form(unit) == "list":
            return call(name, built or Group("[", tuple(self.doc(module, name) for module in unit.modules), "]"))
        if form(unit) == "ops" and not counts_up(unit.part.modules):
            chain = built or self._sequential(unit.modules, name)
            return call(name, call("OrderedDict", replace(chain, tail=").named_children()")))
        if built:
            return call(name, Labelled("*", built))
        return call(name, *(self.doc(module, name) for module in unit.modules))

    def _keywords(self, modules: Sequence[Structure], nested_in: str) -> list[Doc]:
        """`diagonal=.., horizontal=..`, or `**{"0": ..}` where names aren't Python's."""
        if all(plain(module.part.name) for module in modules):
            return [Labelled(f"{module.part.name}=", self.doc(module, nested_in)) for module in modules]
        return [Labelled("**", self.dictionary(modules, nested_in))]

    def dictionary(self, modules: Sequence[Structure], nested_in: str = "") -> Doc:
        items = (Labelled(f"{quoted(m.part.name)}: ", self.doc(m, nested_in)) for m in modules)
        return Group("{", tuple(items), "}")
