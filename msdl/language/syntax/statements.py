"""Statements of a network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msdl.language.syntax.declarations import Block, Default, Let, Range
from msdl.language.syntax.expressions import Expression, Name, Number, Test
from msdl.source import Span

History = Literal["dense", "residual", "plain"]


@dataclass(frozen=True, slots=True)
class Image:
    """`input C x H x W`."""

    extents: tuple[Expression, Expression, Expression]
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
