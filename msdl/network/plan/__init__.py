"""When everything happens: how many layers, which scale leaves after which, where transitions and exits stand.

Worked out from numbers alone, before a node is made, so that a network that is too large is refused at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msdl.diagnostics import Findings, Label
from msdl.language import syntax as ast
from msdl.language.spec import NetworkSpec
from msdl.network.plan.exits import PlannedExit, plan_exits
from msdl.network.plan.positions import Positions
from msdl.network.plan.reductions import Departure, plan_reductions
from msdl.network.plan.runs import AnyRun, Run, StageRun, SweepRun, plan_runs


@dataclass(frozen=True)
class Plan:
    """`departures[s]` tells after which layer scale s leaves; `transitions[l]` is what is applied after layer l."""

    runs: tuple[AnyRun, ...]
    layers: int
    departures: Mapping[int, Departure] = field(default_factory=dict)
    transitions: Mapping[int, tuple[ast.Expression, ...]] = field(default_factory=dict)
    exits: Mapping[int, tuple[PlannedExit, ...]] = field(default_factory=dict)

    def left_before(self, layer: int) -> set[int]:
        """The scales that a layer does not renew any more."""
        return {scale for scale, departure in self.departures.items() if departure.layer < layer}

    def departure_of(self, scale: int) -> tuple[Label, ...]:
        """A label that shows which statement lets a scale leave, and when."""
        departure = self.departures.get(scale)
        if departure is None:
            return ()
        return (Label(departure.span, f"scale {scale} leaves after layer {departure.layer}"),)


def plan(spec: NetworkSpec, findings: Findings) -> Plan:
    """The plan of a network. Raises Mistake when it would be too large."""
    runs, complete = plan_runs(spec, findings)
    layers = sum(run.count for run in runs)
    if not complete:
        return Plan(runs, layers)
    positions = Positions(spec, runs, layers)
    reductions = plan_reductions(spec, positions, findings)
    exits = plan_exits(spec, positions, findings)
    return Plan(runs, layers, reductions.departures, reductions.transitions, exits)


__all__ = ["Plan", "PlannedExit", "Run", "StageRun", "SweepRun", "plan"]
