"""What blocks and reports of misfits need of the evaluator of chains, so that imports run one way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from msdl.diagnostics import Findings
from msdl.language import syntax as ast
from msdl.language.spec import Definition
from msdl.network.builder import Builder, Value
from msdl.network.context import Context, Result, Spot
from msdl.network.shapes import Misfit
from msdl.source import Span

Evaluate = Callable[[ast.Expression, Spot], Result]


@dataclass(frozen=True, slots=True)
class Misplaced:
    """An op whose window doesn't fit into the map that arrives."""

    misfit: Misfit
    span: Span
    context: Context


class Evaluator(Protocol):
    """Evaluates expressions into `builder`; mistakes go to `findings`, maps that are too small to `misfits`."""

    @property
    def builder(self) -> Builder: ...

    @property
    def findings(self) -> Findings: ...

    @property
    def misfits(self) -> list[Misplaced]: ...

    def evaluate(self, expression: ast.Expression, spot: Spot) -> Result:
        """What an expression stands for. Raises Mistake."""

    def one(self, result: Result, expression: ast.Expression, spot: Spot) -> Value:
        """The result as one feature map. Raises Mistake."""

    def fits(self, expression: ast.Expression, blocks: Mapping[str, Definition]) -> bool:
        """Whether an expression, or a block it uses, takes its size from the other parts of a join."""

    def attempt(self, evaluate: Evaluate, expression: ast.Expression, spot: Spot) -> Result:
        """The same; a mistake is reported, and the result unknown."""
