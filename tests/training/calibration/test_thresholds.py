"""Thresholds are exact under ties."""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msdl.runtime.policy import Policy
from msdl.training.calibration.geometric import Floats, distribution, log_ratio
from msdl.training.calibration.thresholds import Cut, Ranked, cut, ranked
from msdl.training.scores import Scores

# Few values for many images, three of them saturated: ties are the rule.
GAPS = st.sampled_from([0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 36.0, 40.0, 50.0, 1000.0])
BUDGETS = st.floats(0, 1)


@st.composite
def tied(draw: st.DrawFn, most: int = 5) -> list[list[float]]:
    exits, images = draw(st.integers(1, most)), draw(st.integers(1, 40))
    return [draw(st.lists(GAPS, min_size=images, max_size=images)) for _ in range(exits)]


def every(scores: Scores) -> Policy:
    """All to the last exit."""
    return Policy.to_the_last(tuple(f"exit{k + 1}" for k in range(len(scores.logits))))


def spent(scores: Scores, share: float) -> Cut:
    """Exit k costs k + 1, and the budget is a share of the way from the first exit's cost to the last's."""
    macs = range(1, len(scores.logits) + 1)
    budget = min(1 + share * (len(macs) - 1), len(macs))
    return cut(ranked(scores, every(scores)), len(scores.labels), macs, budget)


def confidences(scores: Scores) -> Floats:
    return np.stack([every(scores).confidences(logits, exit).numpy() for exit, logits in enumerate(scores.logits)])


@given(tied(), BUDGETS)
def test_a_policy_stops_the_images_that_were_counted(sure, gaps: list[list[float]], share: float) -> None:
    scores = sure(gaps)
    found = spent(scores, share)
    stopped = replace(every(scores), thresholds=found.thresholds).exits_of(scores.logits)
    assert stopped.tolist() == found.where.tolist()


@given(tied(), BUDGETS)
def test_a_threshold_lies_between_who_leaves_and_who_stays(sure, gaps: list[list[float]], share: float) -> None:
    scores = sure(gaps)
    found = spent(scores, share)
    for exit, (threshold, sureness) in enumerate(zip(found.thresholds, confidences(scores), strict=False)):
        leave, stay = sureness[found.where == exit], sureness[found.where > exit]
        if len(leave) and len(stay):
            assert threshold is not None and stay.max() < threshold <= leave.min()
            neighbours = np.nextafter(stay.max(), 1) == leave.min()
            assert neighbours or threshold == pytest.approx((stay.max() + leave.min()) / 2, abs=1e-15)


@given(st.lists(GAPS, min_size=1, max_size=40), BUDGETS)
def test_of_two_exits_the_nearest_cost_that_ties_allow_is_spent(sure, gaps: list[float], share: float) -> None:
    scores = sure([gaps, gaps])
    sureness = confidences(scores)[0]
    possible = {2.0, *(2 - float((sureness >= value).mean()) for value in sureness)}
    missed = abs(1 + float(spent(scores, share).where.mean()) - (1 + share))
    assert missed == pytest.approx(min(abs(cost - (1 + share)) for cost in possible), abs=1e-9)


@given(st.integers(2, 6), st.integers(1, 60), BUDGETS, st.randoms(use_true_random=False))
def test_without_ties_the_distribution_is_kept_to_an_image(
    sure, exits: int, images: int, share: float, random: Random
) -> None:
    """Rounding at one exit changes what the next ones want a little."""
    scores = sure([random.sample([0.1 * i for i in range(images)], images) for _ in range(exits)])
    counts = np.bincount(spent(scores, share).where, minlength=exits)
    macs = range(1, exits + 1)
    wanted = images * distribution(log_ratio(macs, min(1 + share * (exits - 1), exits)), exits)
    assert np.abs(counts.cumsum() - wanted.cumsum()).max() <= 1.5


def test_half_of_the_images_are_saturated() -> None:
    assert Ranked.of(np.array([1.0] * 5 + [0.6, 0.6, 0.7])).counts(np.arange(8)).tolist() == [0, 5, 6, 8]


@pytest.mark.parametrize(
    ("confidences", "count", "threshold"),
    [
        ([0.9, 0.5, 0.7], 1, 0.8),
        ([0.9, 0.5, 0.7], 2, 0.6),
        ([0.9, 0.5, 0.7], 3, 0.0),
        ([0.9, 0.5, 0.7], 0, None),
        ([1.0, math.nextafter(1, 0)], 1, 1.0),
        ([-1e-16, -1e-16], 2, -1e-16),
    ],
)
def test_thresholds(confidences: list[float], count: int, threshold: float | None) -> None:
    ranks, images = Ranked.of(np.array(confidences)), np.arange(len(confidences))
    assert ranks.threshold(images, count) == pytest.approx(threshold, abs=1e-17)
    assert ranks.leave(images, ranks.threshold(images, count)).sum() == count


def test_an_exit_that_no_image_reaches_is_open_to_all() -> None:
    assert Ranked.of(np.array([0.9, 0.5])).threshold(np.arange(0), 0) == 0.0


def test_only_images_that_are_there_count() -> None:
    ranks = Ranked.of(np.array([0.9, 0.8, 0.7, 0.6, 0.5]))
    assert ranks.threshold(np.array([0, 2, 4]), 1) == pytest.approx(0.8)
    assert ranks.threshold(np.array([1, 4]), 1) == pytest.approx(0.65)


def test_saturated_exits_are_made_up_for(sure) -> None:
    """The published search closes an exit that fewer images reach than it wants to let go."""
    scores = sure([[50.0] * 8 + [1.0, 2.0], [3.0, 2.0] * 5, [5.0] * 10])
    found = cut(ranked(scores, every(scores)), 10, (1, 2, 3), 1.3)
    assert found.where.tolist() == [0] * 8 + [1, 2]
    assert found.thresholds == pytest.approx((0.9404, 0.9167), abs=1e-4)


def test_an_exit_where_all_tie_takes_none_if_the_others_could_not_spend_the_budget_then(sure) -> None:
    """The distribution wants 7 of 10 images out at the first exit; but 10 would leave too much, so that none goes."""
    scores = sure([[50.0] * 10, [*range(10)], [5.0] * 10])
    assert 6.5 < 10 * distribution(log_ratio((10, 11, 30), 11.9), 3)[0] < 7.5
    found = cut(ranked(scores, every(scores)), 10, (10, 11, 30), 11.9)
    assert np.bincount(found.where, minlength=3).tolist() == [0, 10, 0]
