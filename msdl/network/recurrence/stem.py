"""`stem` and `vertical`: layer 0."""

from __future__ import annotations

from msdl.network.graph import Cell
from msdl.network.recurrence.state import Recurrence


def stem(recurrence: Recurrence) -> None:
    """x[1] = stem(image); x[s] = vertical(x[s-1]) for s = 2..S."""
    spec, chains = recurrence.spec, recurrence.chains
    value = recurrence.image
    recurrence.x[1] = value
    if spec.stem is not None:
        cell = Cell("stem", "stem", 0, 1, spec.stem.span)
        value = chains.value(spec.stem.chain, recurrence.spot(cell, "stem", value, " in the stem"))
        recurrence.settle(cell, value)
    if spec.vertical is None:
        return
    for scale in range(2, spec.scales.count + 1):
        cell = Cell(f"layer0.scale{scale}", "cell", 0, scale, spec.vertical.span)
        place = f" at layer 0, scale {scale}"
        value = chains.value(spec.vertical.chain, recurrence.spot(cell, f"{cell.id}.vertical", value, place))
        recurrence.settle(cell, value)
