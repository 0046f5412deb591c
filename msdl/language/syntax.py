"""The syntax tree of a `.msd` file: one frozen dataclass a node, each with its span."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from msdl.source import Span

History = Literal["dense", "residual", "plain"]


@dataclass(frozen=True, slots=True)
class Name:
    text: str
    span: Span


# Expressions -----------------------------------------------------------------------------------------------


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


# Statements of a file --------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Network:
    name: Name
    params: tuple[Parameter, ...]
    items: tuple[Item, ...]
    span: Span


# Statements of a network -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Image:
    """`input C x H x W`."""

    extents: tuple[Expression, Expression, Expression]
    crosses: tuple[Name, Name]
    span: Span


@dataclass(frozen=True, slots=True)
class Column:
    """One number a scale: as many values as scales, or one formula in `s`."""

    name: Name
    values: tuple[Expression, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Scales:
    count: Expression
    columns: tuple[Column, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Stem:
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Vertical:
    chain: Expression
    span: Span


PathKind = Literal["horizontal", "diagonal", "up", "vertical"]


@dataclass(frozen=True, slots=True)
class Path:
    """`horizontal chain`, `diagonal chain`, `diagonal up chain`; `vertical chain` in a sweep."""

    kind: PathKind
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class From:
    """`from j where test: chain`: a path from every live scale that passes."""

    variable: Name
    test: Test
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Join:
    kind: Name
    span: Span


@dataclass(frozen=True, slots=True)
class Then:
    chain: Expression
    span: Span


Rule = Path | From | Join | Then


@dataclass(frozen=True, slots=True)
class Growth:
    """`dense(g)`, `residual`, `plain(g)`: what becomes of the old value, and how much is added."""

    history: History
    amount: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Layers:
    count: Expression
    on: Range | Expression | None
    growth: Growth | None
    rules: tuple[Rule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class At:
    """One layer number."""

    value: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Each:
    """`n*(n+1)/2 for n in 1..K`."""

    value: Expression
    variable: Name
    range: Range
    span: Span


@dataclass(frozen=True, slots=True)
class AtStage:
    """`stage 3`: after the last layer of a stage."""

    stage: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class AtEnd:
    span: Span


Position = At | Each | AtStage | AtEnd | Range


@dataclass(frozen=True, slots=True)
class ReduceIn:
    blocks: Expression
    chain: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class ReduceAt:
    positions: tuple[Position, ...]
    chain: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Transition:
    positions: tuple[Position, ...]
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Exit:
    name: Name | None
    positions: tuple[Position, ...]
    in_each_stage: bool
    scale: Expression | None
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class StageRule:
    role: Literal["layer", "between", "leave"]
    chain: Expression
    span: Span


@dataclass(frozen=True, slots=True)
class Stages:
    growth: Growth | None
    rules: tuple[StageRule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sweep:
    direction: Literal["down", "up"]
    name: Name | None
    on: Range | Expression | None
    rules: tuple[Rule, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Repeat:
    count: Expression
    items: tuple[Item, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Claim:
    """`params 5_597_760`, `macs at exit1 <= 15M`."""

    quantity: Name
    exit: Name | None
    comparison: str
    number: Number
    span: Span


@dataclass(frozen=True, slots=True)
class Expect:
    claims: tuple[Claim, ...]
    span: Span


Item = (
    Image | Let | Default | Block | Scales | Stem | Vertical | Layers | ReduceIn | ReduceAt | Transition | Exit
    | Stages | Sweep | Repeat | Expect
)  # fmt: skip
FileItem = Import | Let | Default | Block | Network


@dataclass(frozen=True, slots=True)
class Document:
    """A file, parsed. `skipped` holds the lines that were left out of it, for their syntax errors."""

    items: tuple[FileItem, ...]
    span: Span
    skipped: tuple[str, ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(item for item in self.items if isinstance(item, Network))
