"""Budgeted batch classification: policies that spend a given mean of MACs per image (MSDNet, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from msdl.runtime.policy import Policy
from msdl.training.calibration.geometric import distribution, log_ratio
from msdl.training.calibration.outcome import Outcome
from msdl.training.calibration.thresholds import Ranked, cut, ranked
from msdl.training.scores import Scores, insist_on_usable


def budget_policy(
    scores: Scores,
    exits: Sequence[str],
    macs: Sequence[int],
    budget: float,
    *,
    confidence: str = "max-softmax",
    temperatures: Sequence[float] = (),
) -> Policy:
    """The policy that spends `budget` MACs per image on average, from scores of images not trained on.

    `macs` are lazy and cumulative, ascending. Raises InputError where the budget can't be reached.
    """
    return sweep(scores, exits, macs, [budget], confidence=confidence, temperatures=temperatures)[0]


def sweep(
    scores: Scores,
    exits: Sequence[str],
    macs: Sequence[int],
    budgets: Iterable[float],
    *,
    confidence: str = "max-softmax",
    temperatures: Sequence[float] = (),
) -> tuple[Policy, ...]:
    """A policy for each of several budgets, as `budget_policy` finds it; images are ranked once for all."""
    insist_on_usable(scores)
    every = replace(Policy.to_the_last(tuple(exits)), confidence=confidence, temperatures=tuple(temperatures))
    images = _Images(every, ranked(scores, every), scores.right, tuple(macs))
    return tuple(_policy(images, budget) for budget in budgets)


@dataclass(frozen=True)
class _Images:
    """The images as all budgets see them; `every` sends them all to the last exit."""

    every: Policy
    ranks: tuple[Ranked, ...]
    right: Tensor
    macs: tuple[int, ...]


def _policy(images: _Images, budget: float) -> Policy:
    exits = images.every.exits
    expected = distribution(log_ratio(images.macs, budget), len(exits))
    found = cut(images.ranks, images.right.shape[1], images.macs, budget)
    about = {
        "asked": {"budget": budget},
        "expected": {"macs": budget, "shares": expected.tolist()},
        "validation": Outcome.where(exits, torch.from_numpy(found.where), images.right, images.macs).as_json(),
    }
    return replace(images.every, thresholds=found.thresholds, about=about)
