"""Thresholds with which validation images spend a budget, exact under ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from msdl.runtime.policy import Policy
from msdl.training.calibration.geometric import Floats, distribution, log_ratio
from msdl.training.scores import Scores

Counts = NDArray[np.intp]


@dataclass(frozen=True)
class Cut:
    """Thresholds, one for each exit but the last, and the number of the exit, from 0, where each image stops, (N,)."""

    thresholds: tuple[float | None, ...]
    where: Counts


@dataclass(frozen=True)
class Ranked:
    """The images in the order in which they would leave an exit; images that are equally sure share a rank.

    `levels` are the confidences that occur, the highest first, and `ranks`, (N,), says which one each image has.
    """

    levels: Floats
    ranks: Counts

    @classmethod
    def of(cls, confidences: Floats) -> Ranked:
        levels, ranks = np.unique(-confidences, return_inverse=True)
        return cls(-levels, ranks.reshape(-1))

    def counts(self, images: Counts) -> Counts:
        """How many of these images can leave, ascending from none to all: those that are equally sure go together."""
        together = np.bincount(self.ranks[images], minlength=len(self.levels)).cumsum()
        return np.concatenate([[0], together])

    def threshold(self, images: Counts, count: int) -> float | None:
        """The threshold with which so many of these images leave, one of `counts`; None where none does.

        It lies half-way between the least sure image that leaves and the surest that stays, so that the noise of
        floating point moves few across it. Where all leave, the exit is open to any image (0.0), and so it is where
        there is none to leave.
        """
        if count == len(images):
            return min(0.0, float(self.levels[-1]))
        if count == 0:
            return None
        together = self.counts(images)[1:]
        last, first = np.searchsorted(together, count), np.searchsorted(together, count, "right")
        return _between(float(self.levels[first]), float(self.levels[last]))

    def leave(self, images: Counts, threshold: float | None) -> NDArray[np.bool]:
        """Which of these images reach a threshold."""
        if threshold is None:
            return np.zeros(len(images), dtype=np.bool)
        return self.levels[self.ranks[images]] >= threshold


def ranked(scores: Scores, policy: Policy) -> tuple[Ranked, ...]:
    """The images ranked at each exit but the last by a policy's confidence."""
    early = enumerate(scores.logits[:-1])
    return tuple(Ranked.of(policy.confidences(logits, exit).numpy()) for exit, logits in early)


def cut(exits: tuple[Ranked, ...], images: int, macs: Sequence[int], budget: float) -> Cut:
    """Thresholds with which so many images spend `budget` MACs on average, where exit k costs `macs[k]`, ascending.

    At every exit in turn, as many of the images that reach it leave as the geometric distribution over it and the later
    exits wants, for what is left of the budget. So what ties upset at one exit, later ones make good.
    """
    costs = np.array(macs, dtype=np.float64)
    where, staying, left = np.full(images, len(exits)), np.arange(images), images * budget
    thresholds = []
    for exit, each in enumerate(exits):
        count = _best(each.counts(staying), costs[exit:], left)
        threshold = each.threshold(staying, count)
        leave = each.leave(staying, threshold)
        where[staying[leave]] = exit
        staying = staying[~leave]
        left -= count * macs[exit]
        thresholds.append(threshold)
    return Cut(tuple(thresholds), where)


def _best(counts: Counts, macs: Floats, left: float) -> int:
    """How many of the images that reach an exit should leave, where `left` MACs are left for all of them.

    It is the count nearest to the geometric distribution's, among those after which the later exits can still spend
    what is left; where ties forbid all of these, among those that miss it least.
    """
    images = int(counts[-1])
    if not images:
        return 0
    cheapest = counts * macs[0] + (images - counts) * macs[1]
    dearest = counts * macs[0] + (images - counts) * macs[-1]
    missed = np.maximum(0, np.maximum(cheapest - left, left - dearest))
    mean = min(max(left / images, float(macs[0])), float(macs[-1]))
    wanted = images * distribution(log_ratio(macs.tolist(), mean), len(macs))[0]
    return int(counts[np.where(missed > missed.min(), np.inf, np.abs(counts - wanted)).argmin()])


def _between(low: float, high: float) -> float:
    """The middle of two numbers; of neighbouring floats, which have none between them, the higher one."""
    middle = (low + high) / 2
    return middle if middle > low else high
