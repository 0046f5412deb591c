"""The geometric distribution of images over exits."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msdl.runtime.errors import InputError
from msdl.training.calibration.geometric import budgets, distribution, expected_cost, log_ratio

MACS = st.lists(st.integers(1, 10**9), min_size=1, max_size=12).map(lambda steps: tuple(accumulate(steps)))
RATIOS = st.floats(-60, 60)


@given(RATIOS, st.integers(1, 12))
def test_shares_sum_to_one_and_neighbours_have_the_ratio(ratio: float, exits: int) -> None:
    shares = distribution(ratio, exits)
    assert shares.min() >= 0 and shares.sum() == pytest.approx(1, abs=1e-12)
    seen = [(a, b) for a, b in pairwise(shares) if min(a, b) > 1e-300]
    assert all(math.log(b) - math.log(a) == pytest.approx(ratio, abs=1e-9) for a, b in seen)


@pytest.mark.parametrize("q", [0.05, 0.5, 0.9])
def test_it_is_the_distribution_of_the_paper(q: float) -> None:
    paper = q * (1 - q) ** np.arange(7)
    assert distribution(math.log(1 - q), 7) == pytest.approx(paper / paper.sum())


@given(MACS, RATIOS, RATIOS)
def test_cost_rises_with_the_ratio(macs: tuple[int, ...], one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert expected_cost(low, macs) <= expected_cost(high, macs) * (1 + 1e-12)
    if len(macs) > 1 and -5 < low < high - 0.01 < 5:
        assert expected_cost(low, macs) < expected_cost(high, macs)


@given(MACS, st.floats(0, 1))
def test_every_budget_between_first_and_last_exit_is_met(macs: tuple[int, ...], share: float) -> None:
    budget = min(macs[0] + share * (macs[-1] - macs[0]), macs[-1])
    assert expected_cost(log_ratio(macs, budget), macs) == pytest.approx(budget, rel=1e-9)


def test_a_budget_above_the_mean_needs_a_ratio_above_one() -> None:
    assert log_ratio((1, 2, 3), 2) == pytest.approx(0, abs=1e-9)
    assert log_ratio((1, 2, 3), 1.5) < 0 < log_ratio((1, 2, 3), 2.5)


@pytest.mark.parametrize(
    ("budget", "nearest", "exit"), [(99.9, "100 (0.2500 of all)", "first"), (401, "400 (1.0000 of all)", "last")]
)
def test_an_unreachable_budget_is_told_the_nearest(budget: float, nearest: str, exit: str) -> None:
    with pytest.raises(InputError) as caught:
        log_ratio((100, 250, 400), budget)
    assert f"the nearest that can is {nearest}, with which every image stops at the {exit} exit" in str(caught.value)


def test_no_number_is_no_budget() -> None:
    with pytest.raises(InputError):
        log_ratio((100, 250, 400), math.nan)


def test_budgets_go_from_the_first_exit_to_the_last() -> None:
    assert budgets((100, 250, 400), 4) == (100, 200, 300, 400)
    assert len(budgets((100, 250, 400))) == 20
