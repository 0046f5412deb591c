"""What follows a layer: scales that leave, and the chains of `reduce` and `transition` on those that stay."""

from __future__ import annotations

from msdl.network.graph import Cell
from msdl.network.recurrence.state import Recurrence
from msdl.source import Span


def leave(recurrence: Recurrence, layer: int, span: Span) -> None:
    """A scale that left has fed its last diagonal and goes; the others are sent through what follows the layer."""
    for scale in recurrence.plan.left_before(layer) & recurrence.x.keys():
        del recurrence.x[scale]
    for nth, chain in enumerate(recurrence.plan.transitions.get(layer, ()), start=1):
        for scale, value in sorted(recurrence.x.items()):
            cell = Cell(f"layer{layer}.scale{scale}", "cell", layer, scale, span)
            place = f" at layer {layer}, scale {scale}"
            share = recurrence.share(recurrence.growth, cell, 1, place)
            prefix = f"{cell.id}.transition{f'_{nth}' if nth > 1 else ''}"
            spot = recurrence.spot(cell, prefix, value, place, share)
            recurrence.settle(cell, recurrence.chains.value(chain, spot))
