"""What files and networks declare: numbers, defaults, blocks and their equations."""

from __future__ import annotations

from dataclasses import dataclass

from msdl.language.syntax.expressions import Argument, Expression, Name
from msdl.source import Span


@dataclass(frozen=True, slots=True)
class Import:
    path: str
    span: Span


@dataclass(frozen=True, slots=True)
class Let:
    name: Name
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Default:
    """`default bn(eps = 0.001)`: arguments an op has unless it says otherwise."""

    op: Name
    args: tuple[Argument, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Parameter:
    name: Name
    default: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Target:
    """The left side of an equation: `y`, or `y[i]` of a family."""

    name: Name
    index: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Range:
    """`first..last step step`, both ends included."""

    first: Expression
    last: Expression
    step: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Equation:
    """`y = value`, `a, b = value`, or the family `y[i] = value for i in 2..n`."""

    targets: tuple[Target, ...]
    value: Expression
    variable: Name | None
    range: Range | None
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """`block name(params) = value`, or `block name(params) { equations }` whose value is `out`."""

    name: Name
    params: tuple[Parameter, ...]
    body: Expression | tuple[Equation, ...]
    span: Span

    @property
    def targets(self) -> frozenset[str]:
        """What its equations define."""
        equations = self.body if isinstance(self.body, tuple) else ()
        return frozenset(target.name.text for equation in equations for target in equation.targets)
