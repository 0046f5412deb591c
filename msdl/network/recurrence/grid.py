"""`layers`: every live scale anew from the old state; `reduce` and `transition` after it."""

from __future__ import annotations

from dataclasses import replace

from msdl.language import syntax as ast
from msdl.language.numbers import Unknown, counted, show
from msdl.language.spec import NetworkSpec
from msdl.network.builder import MOST_NODES, Value, too_large
from msdl.network.graph import Cell
from msdl.network.joins import join
from msdl.network.layers import Add, Concat
from msdl.network.pieces import pieces
from msdl.network.plan import Run
from msdl.network.recurrence.exits import exits_at
from msdl.network.recurrence.paths import paths
from msdl.network.recurrence.renewal import DEFAULT_JOIN, Renewal, joined, parts, then
from msdl.network.recurrence.state import Recurrence, State
from msdl.network.recurrence.transitions import leave

LAYERS_TO_FORECAST_FROM = 4
# The scale a path comes from, relative to its own.
SOURCES = {"horizontal": 0, "diagonal": -1, "up": 1}
# Paths that are concatenated share the growth; paths that are added or averaged put out all of it each.
SHARING = DEFAULT_JOIN


def layers(recurrence: Recurrence, run: Run) -> None:
    """All layers of one statement."""
    steady = _is_steady(run.statement, recurrence.spec)
    for nth in range(1, run.count + 1):
        _layer(recurrence, run, run.first + nth - 1, nth)
        if steady and nth == LAYERS_TO_FORECAST_FROM:
            _forecast(recurrence, run)


def _is_steady(statement: ast.Layers, spec: NetworkSpec) -> bool:
    """Whether every layer of a statement has the same nodes: neither it nor a block it uses decides by numbers."""
    decides = (ast.When, ast.Range, ast.From)
    return not any(isinstance(part, decides) for part in pieces(statement.rules, spec.blocks))


def _forecast(recurrence: Recurrence, run: Run) -> None:
    """Refuses a network that will be too large when its first layers are made, not when all of them are.

    Until a scale leaves, every further layer has as many nodes as the last one made; exits are not counted.
    """
    made = run.first + LAYERS_TO_FORECAST_FROM - 1
    cells = [node for node in recurrence.builder if node.cell.layer == made and node.cell.role == "cell"]
    nodes = sum(".transition" not in node.id for node in cells)
    last = min([run.first + run.count - 1, *(leaving.layer for leaving in recurrence.plan.departures.values())])
    if len(recurrence.builder.nodes) + nodes * max(last - made, 0) > MOST_NODES:
        caption = f"{nodes} nodes a layer, for {run.count:,} layers"
        raise too_large(run.statement.count.span, caption)


def _layer(recurrence: Recurrence, run: Run, layer: int, nth: int) -> None:
    """One layer: x anew from the old x; a scale that left after the layer before feeds its last diagonal and goes."""
    old = dict(recurrence.x)
    left = recurrence.plan.left_before(layer)
    growth = run.statement.growth
    if growth is not None and growth.amount is not None:
        recurrence.growth = growth
    for scale in sorted(old) if run.on is None else run.on:
        if scale not in left:
            cell = Cell(f"layer{layer}.scale{scale}", "cell", layer, scale, run.statement.span)
            _renew(recurrence, run.statement, cell, old, nth)
    leave(recurrence, layer, run.statement.span)
    exits_at(recurrence, layer)


def _renew(recurrence: Recurrence, statement: ast.Layers, cell: Cell, old: State, nth: int) -> None:
    """The new value of one scale, from the old state."""
    renewal = Renewal(statement.rules, cell, f" at layer {cell.layer}, scale {cell.scale}", nth)
    present = paths(recurrence, statement.rules, SOURCES, cell, old, renewal.place, nth)
    if not present:
        live = ", ".join(map(str, sorted(old)))
        message = f"No path leads into scale {cell.scale} at layer {cell.layer}; live scales: {live}."
        recurrence.findings.error("MSD502", message, statement.span, "", "add a rule whose source is live there")
        return
    sharing = len(present) if renewal.join == SHARING else 1
    renewal = replace(renewal, share=recurrence.share(statement.growth, cell, sharing, renewal.place))
    before = old.get(cell.scale)
    beside = None if _history(statement, before) == "plain" else before
    value = _with_history(recurrence, renewal, statement, before, parts(recurrence, renewal, present, beside))
    _check_growth(recurrence, renewal, statement, before, value)
    recurrence.settle(cell, value)


def _history(statement: ast.Layers, before: Value | None) -> ast.History:
    """What becomes of the old value; a scale that was not live has none."""
    return "plain" if statement.growth is None or before is None else statement.growth.history


def _with_history(
    recurrence: Recurrence, renewal: Renewal, statement: ast.Layers, before: Value | None, brought: tuple[Value, ...]
) -> Value:
    """The parts joined, sent through `then`, and added to the old value as the history says.

    The history is a running concatenation, [x, y]: without a `then`, x and the parts are concatenated at once.
    """
    cell, history = renewal.cell, _history(statement, before)
    spot = renewal.spot(recurrence, cell.id, brought[0])
    if history == "dense" and before is not None and renewal.join == "concat" and not renewal.thens:
        return join(recurrence.chains, cell.id, Concat(), (before, *brought), spot, cell.span)
    named = f"{cell.id}.join" if renewal.thens or history != "plain" else cell.id
    value = then(recurrence, renewal, joined(recurrence, renewal, brought, named))
    if history == "plain" or before is None:
        return value
    layer = Concat() if history == "dense" else Add()
    return join(recurrence.chains, cell.id, layer, (before, value), spot, cell.span)


def _check_growth(
    recurrence: Recurrence, renewal: Renewal, statement: ast.Layers, old: Value | None, new: Value
) -> None:
    """A layer `dense(g)` adds g feature maps: a slip in a path's width is seen here."""
    share = renewal.share
    if _history(statement, old) != "dense" or old is None or share is None or isinstance(share.growth, Unknown):
        return
    if old.shape is None or new.shape is None:
        return
    added, layer, scale = new.shape.channels - old.shape.channels, renewal.cell.layer, renewal.cell.scale
    if added != share.growth:
        maps = counted(added, "feature map")
        message = f"Layer {layer} adds {maps} at scale {scale}, but its growth is {show(share.growth)}."
        caption = f"g = {show(share.growth)} at scale {scale}"
        recurrence.findings.warning("MSD519", message, share.span, caption, "give every path its `share`")
