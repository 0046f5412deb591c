"""Risk control: what is guaranteed, holds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from msdl.runtime.confidence import CONFIDENCES
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.calibration import Outcome, risk_policy
from msdl.training.calibration.risk import PATH, images_needed, spoilt_counts
from msdl.training.scores import Scores

MACS = (650, 1700, 3300, 5400, 8000)
EXITS = ("exit1", "exit2", "exit3", "exit4", "exit5")
EPS, DELTA = 0.02, 0.1
SPLITS = 100


@pytest.fixture(scope="module")
def population(realistic) -> Scores:
    return realistic(20_000, 0)


@pytest.mark.parametrize("images", [200, 1000])
def test_the_gap_exceeds_eps_in_a_share_delta_of_calibrations_at_most(population: Scores, part, images: int) -> None:
    splits = [part(population, images, seed) for seed in range(SPLITS)]
    outcomes = [Outcome.of(risk_policy(split, EXITS, MACS, EPS, DELTA), population, MACS) for split in splits]
    gaps = np.array([found.accuracy_last - found.accuracy for found in outcomes])
    spoilt = np.array([found.spoilt / found.images for found in outcomes])
    assert (gaps >= EPS).sum() <= DELTA * SPLITS
    assert (spoilt >= EPS).sum() <= DELTA * SPLITS
    # The guarantee isn't bought with doing nothing.
    assert np.mean([found.macs for found in outcomes]) < 0.4 * MACS[-1]
    assert spoilt.mean() > EPS / 4


def test_without_the_test_the_gap_exceeds_eps_more_often(population: Scores, part) -> None:
    """Taking the fastest threshold that holds on the calibration images themselves fails on every other split."""
    every = Policy.to_the_last(EXITS)
    of_all = spoilt_counts(population, every) / len(population.labels)
    naive = [of_all[np.flatnonzero(spoilt_counts(part(population, 200, s), every) <= 200 * EPS)[-1]] for s in range(50)]
    assert np.mean(np.array(naive) >= EPS) > 2 * DELTA


@pytest.mark.parametrize("confidence", CONFIDENCES)
def test_the_counts_along_the_path_are_what_policies_do(realistic, confidence: str) -> None:
    scores = realistic(200, 1)
    every = replace(Policy.to_the_last(EXITS), confidence=confidence, temperatures=(2.0, 1.0, 1.0, 0.5, 1.0))
    counts = spoilt_counts(scores, every)
    for step in range(0, len(PATH), 100):
        policy = replace(every, thresholds=(float(PATH[step]),) * 4)
        assert Outcome.of(policy, scores, MACS).spoilt == counts[step]


@given(
    st.lists(
        st.lists(st.sampled_from([-40.0, -2.0, -0.0, 0.5, 2.0, 40.0]), min_size=6, max_size=6), min_size=1, max_size=4
    )
)
def test_the_counts_are_right_under_ties(sure, gaps: list[list[float]]) -> None:
    scores = sure(gaps)
    macs = tuple(range(1, len(gaps) + 1))
    every = Policy.to_the_last(tuple(map(str, macs)))
    counts = spoilt_counts(scores, every)
    for step in (0, 500, 2900, 2950, len(PATH) - 1):
        policy = replace(every, thresholds=(float(PATH[step]),) * (len(gaps) - 1))
        assert Outcome.of(policy, scores, macs).spoilt == counts[step]


def test_the_first_threshold_that_fails_ends_the_path(realistic) -> None:
    scores = realistic(1000, 2)
    certified = risk_policy(scores, EXITS, MACS, EPS, DELTA).about["certified"]
    passed = binom.cdf(spoilt_counts(scores, Policy.to_the_last(EXITS)), 1000, EPS) <= DELTA
    step = [*PATH].index(certified["threshold"])
    assert passed[: step + 1].all() and not passed[step + 1]
    assert certified["spoilt"] / 1000 < certified["bound"] <= EPS


def test_more_risk_is_faster(realistic) -> None:
    scores = realistic(1000, 3)
    costs = [risk_policy(scores, EXITS, MACS, eps).about["validation"]["macs"] for eps in (0.005, 0.02, 0.1, 0.5)]
    assert costs == sorted(costs, reverse=True) and len({*costs}) == 4


@pytest.mark.parametrize(("images", "early"), [(113, False), (114, True)])
def test_too_few_images_certify_nothing(sure, images: int, early: bool) -> None:
    scores = sure([[3.0] * images] * 2)
    policy = risk_policy(scores, ("a", "b"), (1, 2), 0.02, 0.1)
    assert images_needed(0.02, 0.1) == policy.about["certified"]["images_needed"] == 114
    assert (policy.thresholds == (None,)) is not early
    assert policy.about["validation"]["macs"] == (1 if early else 2)


def test_an_exit_that_is_sure_of_nonsense_certifies_nothing(sure) -> None:
    scores = sure([[-1000.0] * 500, [3.0] * 500])
    policy = risk_policy(scores, ("a", "b"), (1, 2), 0.02)
    assert policy.thresholds == (None,) and policy.about["certified"]["threshold"] is None


def test_a_network_of_one_exit_risks_nothing(sure) -> None:
    policy = risk_policy(sure([[3.0] * 500]), ("end",), (7,), 0.02)
    assert policy.thresholds == () and policy.about["certified"]["spoilt"] == 0


@pytest.mark.parametrize(("eps", "delta"), [(0, 0.1), (1, 0.1), (0.1, 0), (0.1, 1), (float("nan"), 0.1)])
def test_shares_are_between_none_and_all(sure, eps: float, delta: float) -> None:
    with pytest.raises(InputError, match="has to be between 0 and 1"):
        risk_policy(sure([[1.0], [1.0]]), ("a", "b"), (1, 2), eps, delta)
