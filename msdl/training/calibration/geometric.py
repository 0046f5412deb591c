"""How many images should stop at every exit so that a budget is met on average: the geometric distribution.

An image that reaches an exit stops there with the same probability q at every exit, so that a share
q_k = z (1 - q)^(k - 1) q of all images stops at exit k, where z makes the shares sum to 1 (MSDNet, section 5, "budgeted
batch classification"). Only the ratio r = 1 - q of neighbouring shares matters. A budget above the mean of the costs
needs r > 1, which is no probability any more but is still a distribution.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from msdl.runtime.errors import InputError

Floats = NDArray[np.float64]

# With log r beyond it all images are at one end, as far as double precision can tell: e^-60 < 1e-26.
FARTHEST = 60.0


def distribution(log_ratio: float, exits: int) -> Floats:
    """The shares of images that stop at each exit, summing to 1, whose neighbours have the ratio r: (K,)."""
    exponents = log_ratio * np.arange(exits)
    shares = np.exp(exponents - exponents.max())
    return np.asarray(shares / shares.sum())


def expected_cost(log_ratio: float, macs: Sequence[float]) -> float:
    """MACs per image where images stop in this distribution; it rises with the ratio."""
    return float(distribution(log_ratio, len(macs)) @ np.array(macs, dtype=np.float64))


def log_ratio(macs: Sequence[float], budget: float) -> float:
    """log r of the distribution that costs `budget` MACs per image, where exit k costs `macs[k]`, ascending.

    Raises InputError where the budget is below the first exit's cost or above the last one's.
    """
    insist_on_reachable(macs, budget)
    if budget <= expected_cost(-FARTHEST, macs):
        return -FARTHEST
    if budget >= expected_cost(FARTHEST, macs):
        return FARTHEST
    return float(brentq(lambda x: expected_cost(x, macs) - budget, -FARTHEST, FARTHEST))


def insist_on_reachable(macs: Sequence[float], budget: float) -> None:
    """Raises InputError, which names the nearest budget that can be reached."""
    if macs[0] <= budget <= macs[-1]:
        return
    nearest, where = (macs[-1], "last") if budget > macs[-1] else (macs[0], "first")
    raise InputError(
        f"A budget of {budget:,.0f} MACs per image can't be reached: the nearest that can is {nearest:,} "
        f"({nearest / macs[-1]:.4f} of all), with which every image stops at the {where} exit.",
        f"any budget from {macs[0]:,} to {macs[-1]:,} MACs can be reached",
    )


def budgets(macs: Sequence[int], n: int = 20) -> tuple[float, ...]:
    """`n` budgets in MACs per image, evenly spaced from just the first exit to all exits."""
    return tuple(np.linspace(macs[0], macs[-1], n).tolist())
