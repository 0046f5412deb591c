"""`reduce` and `transition`: which scale leaves after which layer, and what is applied after which."""

from __future__ import annotations

from dataclasses import dataclass, field

from msdl.diagnostics import Findings, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import number, whole
from msdl.language.numbers import Unknown
from msdl.language.spec import NetworkSpec
from msdl.network.plan.positions import Positions
from msdl.source import Span

MOST_BLOCKS = 1_000


@dataclass(frozen=True, slots=True)
class Departure:
    """The last layer that renews a scale, and the statement that says so."""

    layer: int
    span: Span


@dataclass
class Reductions:
    """What `reduce` and `transition` come to: which scale leaves when, and which chains follow a layer."""

    departures: dict[int, Departure] = field(default_factory=dict)
    transitions: dict[int, tuple[ast.Expression, ...]] = field(default_factory=dict)

    def follow(self, layer: int, chain: ast.Expression) -> None:
        self.transitions[layer] = (*self.transitions.get(layer, ()), chain)


def plan_reductions(spec: NetworkSpec, positions: Positions, findings: Findings) -> Reductions:
    """Every `reduce` and `transition` of a network, in the order written."""
    reductions = Reductions()
    for statement in spec.reductions:
        findings.attempt(_reduce, statement, spec, positions, reductions, findings)
    for transition in spec.transitions:
        findings.attempt(_transition, transition, positions, reductions)
    return reductions


def _reduce(
    statement: ast.ReduceIn | ast.ReduceAt,
    spec: NetworkSpec,
    positions: Positions,
    reductions: Reductions,
    findings: Findings,
) -> None:
    """The finest scales leave one after the other; the layer after each takes their last diagonal, then the chain."""
    if not positions.has_layers:
        message = "`reduce` needs `layers`: it says after how many of them a scale leaves."
        raise mistake("MSD211", message, statement.span)
    if isinstance(statement, ast.ReduceIn):
        lasts = _equal_blocks(statement, spec, positions.grid, findings)
    else:
        lasts = _at(statement, positions)
    scales = spec.scales.count
    if len(reductions.departures) + len(lasts) >= scales:
        leave = f"{len(lasts)} scale{'s' if len(lasts) > 1 else ''} would leave"
        message = f"{leave}, but of {scales} scale{'s' if scales > 1 else ''} at least one must stay."
        raise mistake("MSD302", message, statement.span, "", "", Label(spec.scales.span, "declared here"))
    for last in lasts:
        if positions.is_staged(last):
            message = f"Layer {last} belongs to `stages`, where every scale leaves by itself."
            raise mistake("MSD211", message, statement.span)
    latest = max((departure.layer for departure in reductions.departures.values()), default=0)
    if lasts and lasts[0] <= latest:
        message = f"Scales leave one after the other, but layer {lasts[0]} follows {latest}."
        raise mistake("MSD505", message, statement.span)
    for scale, last in enumerate(lasts, start=len(reductions.departures) + 1):
        reductions.departures[scale] = Departure(last, statement.span)
        if last < positions.layers and statement.chain is not None:
            reductions.follow(last + 1, statement.chain)


def _equal_blocks(statement: ast.ReduceIn, spec: NetworkSpec, grid: list[int], findings: Findings) -> list[int]:
    """The last layers of the scales that leave: i * ceil(L / B) for i = 1 .. B - 1."""
    value = number(statement.blocks, spec.known)
    blocks = whole(value, statement.blocks.span, "The number of blocks", most=MOST_BLOCKS)
    if isinstance(blocks, Unknown):
        return []
    layers = len(grid)
    length = -(-layers // blocks)
    sizes = [max(0, min(length, layers - length * k)) for k in range(blocks)]
    if len(set(sizes)) > 1:
        listed = ", ".join(map(str, sizes))
        message = f"{layers} layers don't divide into {blocks} equal blocks: they have {listed} layers."
        findings.warning("MSD513", message, statement.span, f"ceil({layers} / {blocks}) = {length} layers a block")
    return [grid[length * k - 1] for k in range(1, blocks) if length * k <= layers]


def _at(statement: ast.ReduceAt, positions: Positions) -> list[int]:
    lasts: list[int] = []
    for placed in positions.of(statement.positions):
        if not 1 <= placed.layer <= positions.layers:
            raise _no_such_layer(placed.layer, positions, placed.span)
        if lasts and placed.layer <= lasts[-1]:
            message = f"Scales leave one after the other, but layer {placed.layer} follows {lasts[-1]}."
            raise mistake("MSD505", message, placed.span)
        lasts.append(placed.layer)
    return lasts


def _transition(statement: ast.Transition, positions: Positions, reductions: Reductions) -> None:
    for placed in positions.of(statement.positions):
        if not 1 <= placed.layer <= positions.layers:
            raise _no_such_layer(placed.layer, positions, placed.span)
        if positions.is_staged(placed.layer):
            message = f"Layer {placed.layer} belongs to `stages`, where `between` and `leave` say what follows."
            raise mistake("MSD211", message, placed.span)
        reductions.follow(placed.layer, statement.chain)


def _no_such_layer(layer: int, positions: Positions, span: Span) -> Mistake:
    message = f"There is no layer {layer}; layers are 1 to {positions.layers}."
    return mistake("MSD503", message, span, "", "", *positions.last_layer)
