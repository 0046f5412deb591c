"""Units -> classes: one for every distinct structure, with its forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msdl.backends.origins import harmless
from msdl.backends.torch.forward import Body, Plan, body
from msdl.backends.torch.hints import block_of, class_hint, paths
from msdl.backends.torch.layout import call, lines
from msdl.backends.torch.naming import Names, camel, comments, numbered, snake
from msdl.backends.torch.parts import Flow
from msdl.backends.torch.scopes import Form, form, member_type, run, target
from msdl.backends.torch.steps import Access, Read, in_runs, steps
from msdl.backends.torch.structure import Unit
from msdl.network.graph import IMAGE
from msdl.network.layers import Add, Concat

LONGEST_LIST = 60  # so that the docstring it stands in fits on a line
# What joins come to; `add` and `mean` are functions of the generated source.
SUMS = {"add": "total", "mean": "average", "mul": "product"}
BASES: dict[Form, str] = {"ops": "nn.Sequential", "list": "nn.ModuleList"}
MOST_NAMED = 2  # members in the name of a class
RELATIONS = {0: "x", -1: "finer", 1: "coarser"}


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the generated source.

    `form`: its modules are attributes, the numbered ones of a Sequential or a list, or called in other ways that no
    attribute can be. `members` are (attribute, parameter) of the first form; `constructor` and `forward` are lines.
    """

    name: str
    form: Form
    about: str
    members: tuple[tuple[str, str], ...]
    constructor: tuple[str, ...]
    forward: tuple[str, ...]
    comments: tuple[str, ...]

    @property
    def base(self) -> str:
        return BASES.get(self.form, "nn.Module")


@dataclass
class Classes:
    """The classes so far, by what makes them the same."""

    flow: Flow
    cells: frozenset[str]
    names: Names
    known: dict[object, Class] = field(default_factory=dict)
    firsts: dict[str, set[str]] = field(default_factory=dict)

    def of(self, unit: Unit, nested_in: str = "") -> Class:
        """The class of a unit."""
        kind = form(unit)
        hint = class_hint(unit, self.flow.graph[unit.output].cell, nested_in)
        types = tuple((module.part.name, member_type(module)) for module in unit.modules)
        forward = _forward(self._body(unit))
        key = hint, kind, types if kind == "members" else (), forward
        if key not in self.known:
            name = self.names.new(self._distinct(hint, {name for name, _ in types if not name.isdigit()}))
            self.known[key] = self._made(unit, kind, name, types, forward)
        return self.known[key]

    def _distinct(self, hint: str, members: set[str]) -> str:
        """`BottleneckWithoutSkip` beside a `Bottleneck`; where they differ in much, a number will do."""
        first = self.firsts.setdefault(hint, members)
        less, more = sorted(first - members), sorted(members - first)
        if len(less or more) > MOST_NAMED:
            return hint
        return camel(hint, "without", *less) if less else camel(hint, "with", *more) if more else hint

    def _made(
        self, unit: Unit, kind: Form, name: str, types: Sequence[tuple[str, str]], forward: tuple[str, ...]
    ) -> Class:
        local = Names()
        members = tuple((name, local.new(snake(name))) for name, _ in types) if kind == "members" else ()
        declared = [f"{parameter}: {type}" for (_, parameter), (_, type) in zip(members, types, strict=False)]
        constructor = tuple(lines(call("__init__", "self", *declared), 4, "def ", " -> None:"))
        cell = self.flow.graph[unit.output].cell
        spans = [cell.span] if unit.part.path in self.cells else [node.span for node in unit.part.nodes()]
        about = _about(unit, self._parameters(unit), cell.id)
        return Class(name, kind, about, members, constructor, forward, tuple(comments(spans, 1)))

    def arguments(self, unit: Unit) -> tuple[str, ...]:
        """The values a unit reads, in order of its parameters."""
        return tuple(self._parameters(unit))

    def _parameters(self, unit: Unit) -> dict[str, str]:
        """The values a unit reads, and what they are called in it."""
        wishes = {id: self._relation(id, unit) for id in unit.sources}
        order = [*RELATIONS.values()]
        rank = {id: order.index(name) if name in order else len(order) for id, name in wishes.items()}
        names: dict[str, str] = {}
        for id in sorted(wishes, key=lambda id: (rank[id], wishes[id])):
            name, count = wishes[id], 1
            while name in names.values():
                count += 1
                name = numbered(wishes[id], count)
            names[id] = name
        return names

    def _relation(self, id: str, unit: Unit) -> str:
        """`x` for a value of the same scale or a block's only one; `finer`, `coarser`, `x4`; or the equation."""
        if len(unit.sources) == 1 and not paths(unit.part):
            return "x"
        if id == IMAGE:
            return "image"
        here, there = self.flow.graph[unit.output].cell, self.flow.graph[id].cell
        if here.id == there.id:
            return self._local(id, here.id)
        return RELATIONS.get(there.scale - here.scale, f"x{there.scale}")

    def _local(self, id: str, scope: str) -> str:
        """What a value made in a scope is called there."""
        word = id[len(scope) + 1 :].partition(".")[0]
        return SUMS.get(word) or snake(word) if word and not word.isdigit() else "y"

    def _body(self, unit: Unit) -> Body:
        scope = unit.part.path
        access = Access(lambda part: target(part, unit), lambda part: run(part, unit), self.arguments, self.flow.parts)
        place = self.flow.place
        ordered = sorted(steps(unit.modules, unit.joins, access), key=lambda step: place[step.value])
        merged = in_runs(ordered, lambda id: len(self.flow.uses[id]) + (id == unit.output))
        parameters = self._parameters(unit)
        plan = Plan(merged, (Read(unit.output),), lambda id: (parameters.get(id) or self._local(id, scope),), _never)
        return body(plan, tuple(parameters), parameters)


def _never(id: str) -> bool:
    return False


def _forward(passes: Body) -> tuple[str, ...]:
    """The lines of a forward method; a variable is annotated where that alone says that a tensor is returned."""
    declared = [f"{name}: Tensor" for name in passes.parameters]
    text = lines(call("forward", "self", *declared), 4, "def ", " -> Tensor:")
    (result,) = passes.results
    is_variable = isinstance(result, str) and result.isidentifier()
    unsaid = {result} & passes.vague if is_variable else set()
    for name, expression in passes.statements:
        text += lines(expression, 8, f"{name}: Tensor = " if name in unsaid else f"{name} = ")
        unsaid.discard(name)
    if is_variable or not passes.is_vague:
        return (*text, *lines(result, 8, "return "))
    used = {*passes.parameters, *(name for name, _ in passes.statements)}
    name = next(name for name in ("out", *(f"out{n}" for n in range(2, len(used) + 3))) if name not in used)
    return (*text, *lines(result, 8, f"{name}: Tensor = "), f"        return {name}")


def _listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if words[1:] else words[0]


def _about(unit: Unit, parameters: dict[str, str], cell: str) -> str:
    """The docstring."""
    nodes = list(unit.part.nodes())
    what = harmless(block_of(nodes))
    match next((node.layer for node in nodes if node.id == cell), None):
        case Concat():
            history = "concatenated to what it reads"
        case Add():
            history = "added to what it reads"
        case _:
            history = ""
    if paths(unit.part):
        said = {"x": "its own scale", "finer": "the next finer scale", "coarser": "the next coarser scale"}
        read = _listed([said.get(name, f"`{name}`") for name in parameters.values()])
        short = _listed([f"`{name}`" for name in parameters.values()])
        return f"A cell that reads {read if len(read) <= LONGEST_LIST else short}."
    what = f"Block {what}" if what else "A chain that joins values on its way"
    return f"{what}, {history}." if history else f"{what}."
