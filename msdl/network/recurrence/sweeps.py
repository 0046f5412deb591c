"""`sweep`: one scale after another within one layer, down from fine to coarse or up again (U-Net, FPN)."""

from __future__ import annotations

from msdl.language.numbers import UNKNOWN
from msdl.network.builder import Value
from msdl.network.graph import Cell
from msdl.network.plan import SweepRun
from msdl.network.recurrence.exits import exits_at
from msdl.network.recurrence.paths import paths
from msdl.network.recurrence.renewal import Renewal, joined, parts, then
from msdl.network.recurrence.state import Recurrence
from msdl.network.recurrence.transitions import leave


def sweep(recurrence: Recurrence, run: SweepRun) -> None:
    """x[s] = then(join(horizontal(x[s]), vertical(x[s-1]))), scale after scale; upwards from x[s+1]."""
    left = recurrence.plan.left_before(run.first)
    for scale in run.scales:
        if scale not in left:
            cell = Cell(f"{run.id}.scale{scale}", "cell", run.first, scale, run.statement.span)
            _renew(recurrence, run, cell)
    leave(recurrence, run.first, run.statement.span)
    exits_at(recurrence, run.first)


def _renew(recurrence: Recurrence, run: SweepRun, cell: Cell) -> None:
    """The new value of one scale; without a path the old one goes on."""
    statement = run.statement
    renewal = Renewal(statement.rules, cell, f" in {run.id} at scale {cell.scale}")
    neighbour = -1 if statement.direction == "down" else 1
    sources = {"horizontal": 0, "vertical": neighbour}
    present = paths(recurrence, statement.rules, sources, cell, recurrence.x, renewal.place, 1)
    value = _brought(recurrence, renewal, parts(recurrence, renewal, present))
    if value is None:
        live = ", ".join(map(str, sorted(recurrence.x))) or "none"
        message = f"No path leads into scale {cell.scale} in {run.id}; live scales: {live}."
        hint = f"`on` bounds a sweep: `sweep {statement.direction} on 1..2 {{ .. }}`"
        recurrence.findings.error("MSD502", message, statement.span, "", hint)
    else:
        recurrence.settle(cell, then(recurrence, renewal, value))
    if statement.name is not None:
        recurrence.kept[statement.name.text][cell.scale] = UNKNOWN if value is None else recurrence.x[cell.scale]


def _brought(recurrence: Recurrence, renewal: Renewal, brought: tuple[Value, ...]) -> Value | None:
    if not brought:
        return recurrence.x.get(renewal.cell.scale)
    return joined(recurrence, renewal, brought, f"{renewal.cell.id}.join" if renewal.thens else renewal.cell.id)
