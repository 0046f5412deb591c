"""How a cell gets its new value: its paths evaluated and joined, then sent through `then`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msdl.language import syntax as ast
from msdl.network.builder import Value
from msdl.network.context import Share, Spot
from msdl.network.graph import Cell
from msdl.network.joins import JOINS, fitted, join
from msdl.network.recurrence.paths import PathPresent
from msdl.network.recurrence.state import Recurrence

DEFAULT_JOIN = "concat"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a statement says of one cell, and where that stands. `nth` counts the statement's layers from 1."""

    rules: tuple[ast.Rule, ...]
    cell: Cell
    place: str
    nth: int = 1
    share: Share | None = None

    @property
    def join(self) -> str:
        """How the paths are joined."""
        kinds = [rule.kind.text for rule in self.rules if isinstance(rule, ast.Join) and rule.kind.text in JOINS]
        return kinds[0] if kinds else DEFAULT_JOIN

    @property
    def thens(self) -> list[ast.Then]:
        return [rule for rule in self.rules if isinstance(rule, ast.Then)]

    def spot(self, recurrence: Recurrence, prefix: str, flow: Value) -> Spot:
        """Where a rule's chain stands in the cell."""
        return recurrence.spot(self.cell, prefix, flow, self.place, self.share, i=self.nth)


def parts(
    recurrence: Recurrence, renewal: Renewal, present: Sequence[PathPresent], history: Value | None = None
) -> tuple[Value, ...]:
    """What every path brings; one that is cropped or padded to the others, or to the history, comes after them."""
    cell, chains = renewal.cell, recurrence.chains

    def brought(path: PathPresent, size: Value | None) -> Value:
        name, extra = f"{cell.id}.{path.name}", path.variable
        spot = recurrence.spot(cell, name, path.source, renewal.place, renewal.share, i=renewal.nth, **extra)
        return chains.value(path.chain, spot.among(size))

    waits = [chains.fits(path.chain, recurrence.spec.blocks) for path in present]
    return tuple(fitted(present, waits, brought, lambda value: value, history))


def joined(recurrence: Recurrence, renewal: Renewal, brought: tuple[Value, ...], id: str) -> Value:
    """The parts as one value, a node of this id where there are several."""
    if len(brought) == 1:
        return brought[0]
    spot = renewal.spot(recurrence, renewal.cell.id, brought[0])
    return join(recurrence.chains, id, JOINS[renewal.join], brought, spot, renewal.cell.span)


def then(recurrence: Recurrence, renewal: Renewal, value: Value) -> Value:
    """The value sent through every `then`."""
    for number, rule in enumerate(renewal.thens, start=1):
        prefix = f"{renewal.cell.id}.then{f'_{number}' if number > 1 else ''}"
        value = recurrence.chains.value(rule.chain, renewal.spot(recurrence, prefix, value))
    return value
