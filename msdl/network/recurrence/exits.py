"""`exit`: outputs after a layer, from the map behind its transitions."""

from __future__ import annotations

from msdl.diagnostics import Label
from msdl.network.graph import Cell, Exit
from msdl.network.plan import PlannedExit
from msdl.network.recurrence.state import Recurrence


def exits_at(recurrence: Recurrence, layer: int) -> None:
    """The exits after a layer; unless they say otherwise they read the coarsest live scale."""
    for planned in recurrence.plan.exits.get(layer, ()):
        coarsest = max(recurrence.x, default=recurrence.spec.scales.count)
        scale = coarsest if planned.scale is None else planned.scale
        if scale not in recurrence.x:
            _not_live(recurrence, planned, scale)
        elif not _is_twin(recurrence, planned, scale):
            _exit(recurrence, planned, scale)


def _exit(recurrence: Recurrence, planned: PlannedExit, scale: int) -> None:
    statement = planned.statement
    cell = Cell(planned.id, "exit", planned.layer, scale, statement.span)
    features = recurrence.x[scale]
    name = statement.name.text if statement.name else f"exit{len(recurrence.exits) + 1}"
    spot = recurrence.spot(cell, planned.id, features, f" at {name}, layer {planned.layer}")
    output = recurrence.chains.value(statement.chain, spot)
    recurrence.outputs[planned.id] = output.id
    placed, named = planned.scale is not None, statement.name is not None
    recurrence.exits.append(Exit(name, cell, features.id, output.id, placed, named, planned.span))


def _is_twin(recurrence: Recurrence, planned: PlannedExit, scale: int) -> bool:
    """Two exits at one place are a slip, and reported; two that both have names are meant."""
    named = planned.statement.name is not None
    for twin in recurrence.exits:
        if (twin.layer, twin.scale) == (planned.layer, scale) and not (named and twin.named):
            label = Label(twin.span, "the first one")
            message = f"Two exits stand at layer {planned.layer}, scale {scale}."
            recurrence.findings.error("MSD504", message, planned.span, "the second one", "", label)
            return True
    return False


def _not_live(recurrence: Recurrence, planned: PlannedExit, scale: int) -> None:
    live = ", ".join(map(str, sorted(recurrence.x))) or "none"
    message = f"Scale {scale} is not live at layer {planned.layer}, where an exit reads it; live scales: {live}."
    recurrence.findings.error("MSD506", message, planned.span, "", "", *recurrence.plan.departure_of(scale))
