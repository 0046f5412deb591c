"""The state of the recurrence: a map x from live scales to values, and what its steps share."""

from __future__ import annotations

from dataclasses import dataclass, field

from msdl.diagnostics import Findings, Mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number
from msdl.language.numbers import UNKNOWN, Number
from msdl.language.spec import NetworkSpec
from msdl.network.builder import Builder, Trail, Value
from msdl.network.chains import Chains
from msdl.network.context import Context, Family, Here, Result, Share, Spot
from msdl.network.graph import Cell, Exit
from msdl.network.layers import Shape
from msdl.network.plan import Plan
from msdl.source import Span

State = dict[int, Value]


@dataclass
class Recurrence:
    """What the steps read and change.

    `x` maps live scales to values; `kept` has the values that named sweeps left, by scale; `growth` is what `compress`
    goes by.
    """

    spec: NetworkSpec
    plan: Plan
    findings: Findings
    builder: Builder
    chains: Chains
    image: Value
    x: State = field(default_factory=dict)
    kept: dict[str, Family] = field(default_factory=dict)
    growth: ast.Growth | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    exits: list[Exit] = field(default_factory=list)

    @classmethod
    def of(cls, spec: NetworkSpec, plan: Plan, findings: Findings) -> Recurrence:
        builder = Builder()
        image = builder.image(None if spec.image is None else Shape(*spec.image), spec.image_span)
        kept: dict[str, Family] = {name: {} for name in spec.sweeps}
        return cls(spec, plan, findings, builder, Chains(builder, findings), image, kept=kept)

    def settle(self, cell: Cell, value: Value) -> None:
        """Makes a value that of its cell, and of its scale."""
        self.x[cell.scale] = value
        self.outputs[cell.id] = value.id

    def context(self, cell: Cell, flow: Value, place: str, share: Share | None = None, **locals: Result) -> Context:
        """The names that a rule sees in a cell. `place` is how messages say where we are."""
        spec, columns = self.spec, self.spec.scales.columns
        known: dict[str, Result | Family] = {**self.kept, "s": cell.scale, "l": cell.layer, **locals}
        return Context(spec.numbers, columns, cell.scale, known, spec.blocks, spec.defaults, flow, share, place)

    def spot(
        self, cell: Cell, prefix: str, flow: Value, place: str, share: Share | None = None, **locals: Result
    ) -> Spot:
        """Where a rule's chain stands; its nodes are named after `prefix`."""
        return Spot(flow, self.context(cell, flow, place, share, **locals), Trail(prefix, cell), sole=True)

    def share(self, growth: ast.Growth | None, cell: Cell, paths: int, place: str) -> Share | None:
        """What a layer adds in a cell, over so many paths; None where the statement does not say."""
        if growth is None or growth.amount is None:
            return None
        finest = Cell(cell.id, cell.role, cell.layer, 1, cell.span)
        amounts = [self._amount(growth.amount, at, place) for at in (cell, finest)]
        return Share(amounts[0], amounts[1], paths, growth.span, self._origin(growth, cell.scale))

    def _origin(self, growth: ast.Growth, scale: int) -> Span:
        match growth.amount:
            case ast.Call(ast.Name(column), None) if column in self.spec.scales.columns:
                return self.spec.scales.place(column, scale)
            case _:
                return growth.span

    def _amount(self, amount: ast.Expression, cell: Cell, place: str) -> Number:
        context = self.context(cell, self.image, place)
        try:
            return number(amount, Here(context, self.image))
        except Mistake as found:
            self.findings.add(context.explain(found.diagnostic))
            return UNKNOWN
