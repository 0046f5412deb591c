"""`stages`: one scale at a time, as ResNet and DenseNet go."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msdl.diagnostics import Label, mistake
from msdl.language import syntax as ast
from msdl.network.builder import Value
from msdl.network.graph import Cell
from msdl.network.joins import join
from msdl.network.layers import Add, Concat
from msdl.network.pieces import walk
from msdl.network.plan import StageRun
from msdl.network.recurrence.exits import exits_at
from msdl.network.recurrence.state import Recurrence

Rules = Mapping[str, ast.Expression]


def stages(recurrence: Recurrence, run: StageRun) -> None:
    """x = x[1]; at every scale: x = between(x), depth times x = history(x, layer(x)), x[s] = x, x = leave(x)."""
    rules = _rules(run.statement)
    _check_strides(recurrence, run, rules)
    if 1 not in recurrence.x:
        message = f"`stages` begins at scale 1, which is not live any more at layer {run.first}."
        raise mistake("MSD502", message, run.statement.span, "", "", *recurrence.plan.departure_of(1))
    value = recurrence.x[1]
    layer = run.first - 1
    for scale, depth in enumerate(run.depths, start=1):
        if scale > 1 and "between" in rules:
            value = _passage(recurrence, run, "between", rules["between"], value, layer + 1, scale)
        for i in range(1, depth + 1):
            layer += 1
            value = _layer(recurrence, run, rules, value, layer, scale, i)
            exits_at(recurrence, layer)
        # Nothing follows the last stage, so nothing could read what leaves it.
        if "leave" in rules and scale < len(run.depths):
            value = _passage(recurrence, run, "leave", rules["leave"], value, layer + 1, scale)


def _rules(statement: ast.Stages) -> Rules:
    """The chains by their role, one each. Raises Mistake."""
    rules: dict[str, ast.StageRule] = {}
    for rule in statement.rules:
        first = rules.setdefault(rule.role, rule)
        if first is not rule:
            label = Label(first.span, "the first one")
            raise mistake("MSD205", f"Stages have one `{rule.role}`.", rule.span, "a second one", "", label)
    if "layer" not in rules:
        raise mistake("MSD210", "`stages` needs a rule `layer`.", statement.span, "", "say what a layer is: `layer ..`")
    return {role: rule.chain for role, rule in rules.items()}


def _check_strides(recurrence: Recurrence, run: StageRun, rules: Rules) -> None:
    """Where nothing leads into a stage, its layers have to read `stride`, or no map ever gets smaller."""
    spec = recurrence.spec
    if {"between", "leave"} & rules.keys() or all(ratio == 1 for ratio in spec.scales.columns["ratio"]):
        return
    layer = next(rule for rule in run.statement.rules if rule.role == "layer")
    if not any(isinstance(part, ast.Call) and part.name.text == "stride" for part in walk(layer.chain)):
        message = "No stage is finer or coarser than another: its layers don't pass `stride` on."
        hint = "write `/stride` behind a block, or `ratio 1` into `scales` if this is meant"
        recurrence.findings.warning("MSD522", message, layer.span, "", hint)


def _passage(
    recurrence: Recurrence,
    run: StageRun,
    role: Literal["between", "leave"],
    chain: ast.Expression,
    value: Value,
    layer: int,
    scale: int,
) -> Value:
    """The chain that leads into a stage, or out of it."""
    id = f"{role}{scale}{f'_{run.ordinal}' if run.ordinal > 1 else ''}"
    cell = Cell(id, role, layer, scale, run.statement.span)
    spot = recurrence.spot(cell, cell.id, value, f" in `{role}` of stage {scale}")
    value = recurrence.chains.value(chain, spot)
    recurrence.outputs[cell.id] = value.id
    return value


def _layer(recurrence: Recurrence, run: StageRun, rules: Rules, value: Value, layer: int, scale: int, i: int) -> Value:
    """One layer; `stride` is the scale's ratio where nothing else leads into the stage."""
    growth = run.statement.growth
    cell = Cell(f"layer{layer}.scale{scale}", "cell", layer, scale, run.statement.span)
    place = f" at layer {layer}, stage {scale}"
    strides = i == 1 and not {"between", "leave"} & rules.keys()
    stride = recurrence.spec.scales.columns["ratio"][scale - 1] if strides else 1
    share = recurrence.share(growth, cell, 1, place)
    spot = recurrence.spot(cell, cell.id, value, place, share, i=i, stride=stride)
    new = recurrence.chains.value(rules["layer"], spot)
    if growth is not None and growth.history != "plain":
        history = Concat() if growth.history == "dense" else Add()
        new = join(recurrence.chains, cell.id, history, (value, new), spot, cell.span)
    recurrence.settle(cell, new)
    return new
