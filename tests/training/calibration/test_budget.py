"""Policies for a budget spend it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from msdl.runtime.confidence import CONFIDENCES
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.calibration import Outcome, budget_policy, budgets, sweep
from msdl.training.scores import Scores

MACS = (650, 1700, 3300, 5400, 8000)
EXITS = ("exit1", "exit2", "exit3", "exit4", "exit5")
GAPS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 36.0, 40.0, 50.0, 1000.0])


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[list[float]], tuple[int, ...], float]:
    """Gaps between two logits with many ties, MACs of exits, and a reachable budget."""
    exits, images = draw(st.integers(1, 5)), draw(st.integers(1, 40))
    gaps = [draw(st.lists(GAPS, min_size=images, max_size=images)) for _ in range(exits)]
    macs = tuple(accumulate(draw(st.lists(st.integers(1, 10**6), min_size=exits, max_size=exits))))
    return gaps, macs, draw(st.floats(macs[0], macs[-1]))


def names(macs: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(f"exit{number}" for number in range(1, len(macs) + 1))


def largest_tie(scores: Scores, policy: Policy, exit: int) -> int:
    """The most images that are equally sure at one of the exits up to this one."""
    sureness = [policy.confidences(scores.logits[each], each) for each in range(exit + 1)]
    return max(int(each.unique(return_counts=True)[1].max()) for each in sureness)


@given(problems())
def test_the_budget_is_missed_by_what_ties_allow_at_most(sure, problem) -> None:
    """By each exit, the images that have left are half a tie's off at most; each costs or saves what is beyond."""
    gaps, macs, budget = problem
    scores = sure(gaps)
    policy = budget_policy(scores, names(macs), macs, budget)
    steps = enumerate(after - before for before, after in pairwise(macs))
    allowed = sum(largest_tie(scores, policy, exit) / 2 * step for exit, step in steps) / len(scores.labels)
    realised = Outcome.of(policy, scores, macs).macs
    assert abs(realised - budget) <= allowed + 1e-4 * budget
    assert policy.about["validation"]["macs"] == pytest.approx(realised)


@pytest.mark.parametrize("budget", [650, 1100, 1200, 2400, 2600, 4300, 4400, 6600, 6800, 8000])
def test_where_all_images_tie_they_stop_at_the_exit_nearest_to_the_budget(sure, budget: float) -> None:
    scores = sure([[3.0] * 7] * 5)
    nearest = min(MACS, key=lambda cost: abs(cost - budget))
    assert budget_policy(scores, EXITS, MACS, budget).about["validation"]["macs"] == nearest


def test_what_ties_upset_at_one_exit_the_ratio_makes_good(sure) -> None:
    """All or nothing leaves exit 1, where a third should: with another ratio the rest meets the budget."""
    generator = np.random.default_rng(0)
    scores = sure([[40.0] * 300, *generator.uniform(0, 8, (4, 300)).tolist()])
    for budget in (2000, 3000, 5000, 7000):
        assert budget_policy(scores, EXITS, MACS, budget).about["validation"]["macs"] == pytest.approx(budget, rel=2e-3)


@pytest.mark.parametrize(("budget", "exit"), [(650, 0), (8000, 4)])
def test_the_extreme_budgets_hold_for_every_image(realistic, budget: float, exit: int) -> None:
    policy = budget_policy(realistic(50, 0), EXITS, MACS, budget)
    assert policy.exits_of(realistic(500, 1).logits).unique().tolist() == [exit]


@pytest.mark.parametrize("confidence", CONFIDENCES)
@pytest.mark.parametrize("temperatures", [(), (2.0, 1.5, 1.0, 0.7, 0.5)])
def test_budgets_hold_on_other_images(realistic, confidence: str, temperatures: tuple[float, ...]) -> None:
    """Within 5 %, or two standard errors of the difference between validation and test."""
    validation, test = realistic(1000, 2), realistic(4000, 3)
    policies = sweep(validation, EXITS, MACS, budgets(MACS, 10), confidence=confidence, temperatures=temperatures)
    for policy, budget in zip(policies, budgets(MACS, 10), strict=True):
        found = Outcome.of(policy, test, MACS)
        error = math.hypot(found.standard_error, policy.about["validation"]["standard_error"])
        assert abs(found.macs - budget) <= max(0.05 * budget, 2 * error)


def test_more_budget_more_accuracy(realistic) -> None:
    policies = sweep(realistic(2000, 4), EXITS, MACS, budgets(MACS, 5))
    accuracies = [policy.about["validation"]["accuracy"] for policy in policies]
    assert accuracies == sorted(accuracies) and accuracies[0] < accuracies[-1] - 0.1


def test_a_sweep_is_what_one_budget_after_the_other_gives(realistic) -> None:
    scores = realistic(300, 5)
    assert sweep(scores, EXITS, MACS, [2000, 4000]) == tuple(
        budget_policy(scores, EXITS, MACS, budget) for budget in (2000, 4000)
    )


def test_it_says_what_was_asked_expected_and_realised(realistic, tmp_path: Path) -> None:
    scores = realistic(400, 6)
    policy = budget_policy(scores, EXITS, MACS, 3000)
    (tmp_path / "policy.json").write_text(policy.as_json())
    assert Policy.read(tmp_path / "policy.json") == policy
    about = json.loads(policy.as_json())["about"]
    assert about["asked"] == {"budget": 3000}
    assert np.dot(about["expected"]["shares"], MACS) == pytest.approx(3000)
    assert [exit["share"] for exit in about["validation"]["exits"]] == pytest.approx(
        about["expected"]["shares"], abs=0.5 / 400 * 2
    )


@pytest.mark.parametrize("images", [0, 1])
def test_scores_that_say_nothing_are_refused(images: int) -> None:
    scores = Scores(torch.full((2, images, 3), math.nan), torch.zeros(images, dtype=torch.long))
    with pytest.raises(InputError):
        budget_policy(scores, ("a", "b"), (1, 2), 1.5)


def test_a_network_of_one_exit_has_one_budget(sure) -> None:
    scores = sure([[1.0, 2.0]])
    assert replace(budget_policy(scores, ("end",), (70,), 70), about={}) == Policy(("end",), ())
    with pytest.raises(InputError):
        budget_policy(scores, ("end",), (70,), 71)
