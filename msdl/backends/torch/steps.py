"""Structure -> steps: what a forward pass computes, one value a step, as expressions on values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

from msdl.backends.torch.layers import unpooling
from msdl.backends.torch.layout import Doc
from msdl.backends.torch.parts import Part
from msdl.backends.torch.structure import Closed, Holder, Leaf, Line, Structure, Unit
from msdl.network.graph import Node
from msdl.network.layers import Add, Affine, Concat, Mean, Multiply, Slice, Unpool

Sign = Literal["+", "*"]


@dataclass(frozen=True, slots=True)
class Read:
    """A value, by the id of its node."""

    value: str


@dataclass(frozen=True, slots=True)
class Apply:
    """A module, or a helper of the generated source, on values; `first` and `options` are arguments that are none."""

    target: str
    arguments: tuple[Expression, ...]
    is_module: bool = True
    first: str = ""
    options: tuple[Doc, ...] = ()


@dataclass(frozen=True, slots=True)
class Combine:
    """`a + b` or `a * b`."""

    sign: Sign
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Scaled:
    """`scale * value + shift`."""

    value: Expression
    scale: float
    shift: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Channels `start` up to `stop` of a value; where all of it is cut into `parts` alike, one of these."""

    value: Read
    start: int
    stop: int
    parts: int = 0


Expression = Read | Apply | Combine | Scaled | Cut


@dataclass(frozen=True, slots=True)
class Run:
    """Where a module stands in a Sequential of `size`: steps that follow each other there can be taken in one."""

    owner: str
    size: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Step:
    """`value` becomes `expression`."""

    value: str
    expression: Expression
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """How a scope writes its modules: `target` gives the expression, `run` the place in a Sequential, if it is one."""

    target: Callable[[Part], str]
    run: Callable[[Part], Run | None]
    arguments: Callable[[Unit], tuple[str, ...]]
    parts: Callable[[Node], int]


def steps(modules: Iterable[Structure], joins: Iterable[Node], access: Access) -> Iterator[Step]:
    """The steps of a scope, in no order."""
    for module in modules:
        yield from _steps(module, access)
    for node in joins:
        yield Step(node.id, joined(node, access.parts))


def _steps(module: Structure, access: Access) -> Iterator[Step]:
    match module:
        case Leaf() | Unit():
            yield _applied(module, access)
        case Line(joins=joins):
            yield _applied(module, access)
            for node in joins:
                yield Step(node.id, joined(node, access.parts))
        case Holder(modules=modules, joins=joins):
            yield from steps(modules, joins, access)
        case _:
            assert_never(module)


def _applied(module: Closed, access: Access) -> Step:
    read = access.arguments(module) if isinstance(module, Unit) else module.sources[:1]
    expression = Apply(access.target(module.part), tuple(map(Read, read)))
    run = access.run(module.part) if len(read) == 1 else None
    return Step(module.output, expression, run)


def joined(node: Node, parts: Callable[[Node], int]) -> Expression:
    """A join as an expression; of a slice `parts` tells how many like it make up what it reads, or 0."""
    values = tuple(map(Read, node.inputs))
    match node.layer:
        case Concat():
            return Apply("cat", values, is_module=False)
        case Mean():
            return Apply("mean", values, is_module=False)
        case Add():
            return Combine("+", values)
        case Multiply():
            return Combine("*", values)
        case Slice(start, stop):
            return Cut(values[0], start, stop, parts(node))
        case Affine(scale, shift):
            return Scaled(values[0], scale, shift)
        case Unpool():
            return Apply("unpool", values, is_module=False, options=unpooling(node.layer))
        case layer:
            raise AssertionError(f"{layer} is a module")


def in_runs(ordered: Iterable[Step], uses: Callable[[str], int]) -> list[Step]:
    """Takes steps that follow each other in a Sequential in one: `through(list(self)[2:5], x)`."""
    merged: list[Step] = []
    for step in ordered:
        last = merged[-1] if merged else None
        if last is None or (longer := _longer(last, step, uses)) is None:
            merged.append(step)
        else:
            merged[-1] = longer
    return [step if step.run is None else _through(step, step.run) for step in merged]


def _longer(last: Step, step: Step, uses: Callable[[str], int]) -> Step | None:
    a, b = last.run, step.run
    if a is None or b is None or a.owner != b.owner or a.last + 1 != b.first or uses(last.value) != 1:
        return None
    if not isinstance(step.expression, Apply) or step.expression.arguments != (Read(last.value),):
        return None
    return Step(step.value, last.expression, Run(a.owner, a.size, a.first, b.last))


def _through(step: Step, run: Run) -> Step:
    if run.first == run.last:
        return step
    assert isinstance(step.expression, Apply)
    is_whole = run.last - run.first + 1 == run.size
    modules = run.owner if is_whole else f"list({run.owner})[{run.first}:{run.last + 1}]"
    return Step(step.value, Apply("through", step.expression.arguments, is_module=False, first=modules))


def reads(expression: Expression) -> Iterator[str]:
    """The values an expression reads, once for every time."""
    match expression:
        case Read(value):
            yield value
        case Apply(arguments=inner) | Combine(operands=inner):
            for part in inner:
                yield from reads(part)
        case Scaled(inner):
            yield from reads(inner)
        case Cut(value):
            yield value.value
        case _:
            assert_never(expression)
