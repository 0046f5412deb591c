"""Expressions: numbers, chains, joins, tests."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from msdl.source import Span


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Number:
    """A literal with its value, exact, and its text: `134.10M` claims five digits."""

    value: Decimal
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Argument:
    """`value`, or `keyword = value`."""

    keyword: Name | None
    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`name` or `name(args)`: an op, a block, a function or something named. `args` is None without parentheses."""

    name: Name
    args: tuple[Argument, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class Input:
    """`in`: the block's input."""

    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """`name[index]`: a column at another scale, one of a family, or a place of a tuple."""

    name: Name
    index: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Group:
    """`(a)` or the tuple `(a, b)`."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Concat:
    """`[a, b]`: channels after channels."""

    items: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Slash:
    """`a / b`: a stride when `a` is an op or a block, a division when it is a number."""

    left: Expression
    right: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Chain:
    """`a b c`: each element applied to what the one before it puts out."""

    elements: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`a + b - c` or `a * b % c`, from left to right; on feature maps addition and multiplication."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Power:
    base: Expression
    exponent: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Negative:
    operand: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Pipe:
    """`value -> chain -> chain`."""

    value: Expression
    chains: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class When:
    """`then when test else otherwise`, decided by numbers at elaboration."""

    then: Expression
    test: Test
    otherwise: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """`a < b`, or `a <= b < c`."""

    first: Expression
    rest: tuple[tuple[str, Expression], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Logic:
    operator: Literal["and", "or"]
    terms: tuple[Test, ...]
    span: Span


Expression = (
    Number | Call | Input | Index | Group | Concat | Slash | Chain | Arithmetic | Power | Negative | Pipe | When
)
Test = Comparison | Logic
