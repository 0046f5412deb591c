"""`layers`: every live scale anew from the old state; `reduce` and `transition` after it."""

from __future__ import annotations

from dataclasses import dataclass

from msdl.language import syntax as ast
from msdl.language.numbers import Unknown, counted, show
from msdl.language.spec import NetworkSpec
from msdl.network.builder import MOST_NODES, Value, too_large
from msdl.network.chains import JOINS
from msdl.network.context import Share, Spot
from msdl.network.graph import Cell
from msdl.network.layers import Add, Concat
from msdl.network.names import pieces
from msdl.network.plan import Run
from msdl.network.recurrence.exits import exits_at
from msdl.network.recurrence.paths import paths
from msdl.network.recurrence.state import Recurrence, State
from msdl.source import Span

LAYERS_TO_FORECAST_FROM = 4
# Paths that are concatenated share the growth; paths that are added or averaged put out all of it each.
SHARING = "concat"


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
    left = {scale for scale, departure in recurrence.plan.departures.items() if departure.layer < layer}
    growth = run.statement.growth
    if growth is not None and growth.amount is not None:
        recurrence.growth = growth
    for scale in sorted(old) if run.on is None else run.on:
        if scale not in left:
            cell = Cell(f"layer{layer}.scale{scale}", "cell", layer, scale, run.statement.span)
            _renew(recurrence, run.statement, cell, old, nth)
    for scale in left & recurrence.x.keys():
        del recurrence.x[scale]
    _transitions(recurrence, layer, run.statement.span)
    exits_at(recurrence, layer)


@dataclass(frozen=True, slots=True)
class _Renewal:
    """How one cell is renewed: what its statement says, and where it stands."""

    statement: ast.Layers
    cell: Cell
    before: Value | None
    share: Share | None
    place: str
    nth: int

    @property
    def history(self) -> ast.History:
        """What becomes of the old value; a scale that was not live has none."""
        growth = self.statement.growth
        return "plain" if growth is None or self.before is None else growth.history

    @property
    def thens(self) -> list[ast.Then]:
        return [rule for rule in self.statement.rules if isinstance(rule, ast.Then)]


def _renew(recurrence: Recurrence, statement: ast.Layers, cell: Cell, old: State, nth: int) -> None:
    """The new value of one scale, from the old state."""
    place = f" at layer {cell.layer}, scale {cell.scale}"
    present = paths(recurrence, statement, cell, old, place, nth)
    if not present:
        live = ", ".join(map(str, sorted(old)))
        message = f"No path leads into scale {cell.scale} at layer {cell.layer}; live scales: {live}."
        recurrence.findings.error("MSD502", message, statement.span, "", "add a rule whose source is live there")
        return
    kind = _join_of(statement)
    share = recurrence.share(statement.growth, cell, len(present) if kind == SHARING else 1, place)
    parts = tuple(
        recurrence.chains.value(
            path.chain,
            recurrence.spot(cell, f"{cell.id}.{path.name}", path.source, place, share, i=nth, **path.variable),
        )
        for path in present
    )
    renewal = _Renewal(statement, cell, old.get(cell.scale), share, place, nth)
    value = _joined(recurrence, renewal, parts, kind)
    _check_growth(recurrence, renewal, value)
    recurrence.settle(cell, value)


def _join_of(statement: ast.Layers) -> str:
    """How the paths are joined."""
    kinds = [rule.kind.text for rule in statement.rules if isinstance(rule, ast.Join) and rule.kind.text in JOINS]
    return kinds[0] if kinds else SHARING


def _joined(recurrence: Recurrence, renewal: _Renewal, parts: tuple[Value, ...], kind: str) -> Value:
    """The parts joined, sent through `then`, and added to the old value as the history says.

    The history is a running concatenation, [x, y]: without a `then`, x and the parts are concatenated at once.
    """
    cell, before, thens = renewal.cell, renewal.before, renewal.thens
    spot = _spot(recurrence, renewal, cell.id, parts[0])
    if renewal.history == "dense" and before is not None and kind == "concat" and not thens:
        return recurrence.chains.join(cell.id, Concat(), (before, *parts), spot, cell.span)
    value = parts[0]
    if len(parts) > 1:
        id = f"{cell.id}.join" if thens or renewal.history != "plain" else cell.id
        value = recurrence.chains.join(id, JOINS[kind], parts, spot, cell.span)
    for number, rule in enumerate(thens, start=1):
        prefix = f"{cell.id}.then{f'_{number}' if number > 1 else ''}"
        value = recurrence.chains.value(rule.chain, _spot(recurrence, renewal, prefix, value))
    if renewal.history == "plain" or before is None:
        return value
    layer = Concat() if renewal.history == "dense" else Add()
    return recurrence.chains.join(cell.id, layer, (before, value), spot, cell.span)


def _spot(recurrence: Recurrence, renewal: _Renewal, prefix: str, flow: Value) -> Spot:
    return recurrence.spot(renewal.cell, prefix, flow, renewal.place, renewal.share, i=renewal.nth)


def _check_growth(recurrence: Recurrence, renewal: _Renewal, new: Value) -> None:
    """A layer `dense(g)` adds g feature maps: a slip in a path's width is seen here."""
    old, share = renewal.before, renewal.share
    if renewal.history != "dense" or old is None or share is None or isinstance(share.growth, Unknown):
        return
    if old.shape is None or new.shape is None:
        return
    added, layer, scale = new.shape.channels - old.shape.channels, renewal.cell.layer, renewal.cell.scale
    if added != share.growth:
        maps = counted(added, "feature map")
        message = f"Layer {layer} adds {maps} at scale {scale}, but its growth is {show(share.growth)}."
        caption = f"g = {show(share.growth)} at scale {scale}"
        recurrence.findings.warning("MSD519", message, share.span, caption, "give every path its `share`")


def _transitions(recurrence: Recurrence, layer: int, span: Span) -> None:
    """What `reduce` and `transition` say happens after this layer, on every scale that stays."""
    for nth, chain in enumerate(recurrence.plan.transitions.get(layer, ()), start=1):
        for scale, value in sorted(recurrence.x.items()):
            cell = Cell(f"layer{layer}.scale{scale}", "cell", layer, scale, span)
            place = f" at layer {layer}, scale {scale}"
            share = recurrence.share(recurrence.growth, cell, 1, place)
            prefix = f"{cell.id}.transition{f'_{nth}' if nth > 1 else ''}"
            spot = recurrence.spot(cell, prefix, value, place, share)
            recurrence.settle(cell, recurrence.chains.value(chain, spot))
