"""Where exits stand, and what they are called."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from msdl.diagnostics import Findings, Label, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number, whole
from msdl.language.spec import NetworkSpec
from msdl.network.plan.positions import Placed, Positions
from msdl.source import Span

OWN_NAMES = re.compile(r"exit\d*|layer\d*(_scale\d+)?")


@dataclass(frozen=True, slots=True)
class PlannedExit:
    """One exit to come. `scale` is what `on scale` says, None for the coarsest live one."""

    statement: ast.Exit
    layer: int
    id: str
    scale: int | None
    span: Span


def plan_exits(spec: NetworkSpec, positions: Positions, findings: Findings) -> dict[int, tuple[PlannedExit, ...]]:
    """The exits by layer."""
    planned: list[PlannedExit] = []
    for statement in spec.exits:
        planned += findings.attempt(_exits, statement, spec, positions, findings) or []
    by_layer: dict[int, tuple[PlannedExit, ...]] = defaultdict(tuple)
    for exit in _without_namesakes(planned, findings):
        by_layer[exit.layer] += (exit,)
    return dict(by_layer)


def _exits(statement: ast.Exit, spec: NetworkSpec, positions: Positions, findings: Findings) -> list[PlannedExit]:
    if statement.name is not None and OWN_NAMES.fullmatch(statement.name.text):
        message = f"'{statement.name.text}' is a name that msdl gives itself, to exits or to layers."
        raise mistake("MSD208", message, statement.name.span, "", "take a name that says more")
    scale = _scale(statement, spec)
    exits: list[PlannedExit] = []
    places = list(positions.of(statement.positions, statement.in_each_stage))
    if not places:
        span = statement.positions[0].span.to(statement.positions[-1].span)
        message = f"'{span.text}' names no layer, so no exit stands there."
        raise mistake("MSD212", message, span, positions.filled_in(statement.positions[0]))
    for placed in places:
        if placed.layer > positions.layers:
            findings.error(
                "MSD503",
                f"An exit at layer {placed.layer} is beyond the last layer, {positions.layers}.",
                placed.span,
                f"expected at most {positions.layers}, found {placed.layer}",
                "",
                *positions.last_layer,
            )
        elif exits and placed.layer < exits[-1].layer:
            message = f"Exits are listed in layer order, but {placed.layer} follows {exits[-1].layer}."
            findings.error("MSD505", message, placed.span, "out of order")
        else:
            exits.append(PlannedExit(statement, placed.layer, _id(statement, placed, scale), scale, placed.span))
    if statement.name is not None and len(exits) > 1:
        message = f"One name can't stand for {len(exits)} exits."
        raise mistake("MSD205", message, statement.name.span, "a name for several", "leave the name out")
    return exits


def _scale(statement: ast.Exit, spec: NetworkSpec) -> int | None:
    if statement.scale is None:
        return None
    value = number(statement.scale, spec.known)
    scale = whole(
        value, statement.scale.span, "A scale", 1, spec.scales.count, Label(spec.scales.span, "declared here")
    )
    return scale if isinstance(scale, int) else None


def _id(statement: ast.Exit, placed: Placed, scale: int | None) -> str:
    """The coordinate that becomes a part of the state_dict's keys."""
    if statement.name is not None:
        return f"exits.{statement.name.text}"
    place = "end" if placed.at_end else f"layer{placed.layer}"
    return f"exits.{place}{'' if scale is None else f'_scale{scale}'}"


def _without_namesakes(planned: list[PlannedExit], findings: Findings) -> Iterator[PlannedExit]:
    """Exits have names of their own."""
    names: dict[str, PlannedExit] = {}
    for exit in planned:
        name = exit.statement.name
        first = names.setdefault(name.text, exit) if name is not None else exit
        if first is exit or name is None:
            yield exit
        else:
            label = Label(first.span, "the first one")
            findings.error("MSD205", f"Two exits are called '{name.text}'.", name.span, "again here", "", label)
