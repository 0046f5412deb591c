"""What the trained networks are worth on their test images, as plain values for results.json.

Accuracies and shares are from 0 to 1; MACs are lazy, of one image. Thresholds come from the validation images alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from msdl.training.calibration import Outcome, budgets, risk_policy, sweep
from msdl.training.evaluation.subject import subjects
from msdl.training.scores import Scores, scores

BUDGETS = 20  # of a curve
SHARED = (1e6, 1.5e6, 2e6, 2.5e6, 3e6)  # MACs, which all networks with early exits can spend
CHECKED = 10  # budgets that have to hold
TOLERANCE = 0.05
# Which standard errors of the mean cost count: that over the test images, or also that over the validation images.
ALONE, TOGETHER = ("error_test",), ("error_test", "error_validation")
RISKS = (0.01, 0.02, 0.05)
DELTA = 0.1
SPLITS = 100


@dataclass(frozen=True)
class Judged:
    """A network's exits, their MACs, and what they say about the validation and the test images."""

    exits: tuple[str, ...]
    macs: tuple[int, ...]
    validation: Scores
    test: Scores

    @classmethod
    def of(cls, folder: Path) -> Judged:
        (run,) = subjects([folder])
        validation, test = (
            scores(run.model, images, run.data.preprocessing) for images in (run.data.validation, run.data.test)
        )
        return cls(run.exits, run.macs, validation, test)


def comparison(judged: Judged) -> Mapping[str, Any]:
    """What every network is compared by: its exits, budgets over its own range, and those that all can spend."""
    columns = zip(judged.exits, judged.macs, judged.test.accuracies, strict=True)
    early = len(judged.exits) > 1
    return {
        "exits": [{"name": name, "macs": macs, "accuracy": accuracy} for name, macs, accuracy in columns],
        "budgets": budgeted(judged, budgets(judged.macs, BUDGETS)) if early else [],
        "shared": budgeted(judged, SHARED) if early else [],
    }


def budgeted(judged: Judged, asked: Sequence[float]) -> list[dict[str, float]]:
    """What each budget, in mean MACs per image, really took on the test images, and the accuracy it gave.

    The standard errors are those of the mean cost: over the test images, and over the validation images, on which the
    thresholds depend. Raises InputError where a budget can't be reached.
    """
    policies = sweep(judged.validation, judged.exits, judged.macs, asked)
    outcomes = [Outcome.of(policy, judged.test, judged.macs) for policy in policies]
    return [
        {
            "asked": round(budget),
            "realised": round(outcome.macs),
            "accuracy": outcome.accuracy,
            "error_test": round(outcome.standard_error),
            "error_validation": round(policy.about["validation"]["standard_error"]),
        }
        for budget, policy, outcome in zip(asked, policies, outcomes, strict=True)
    ]


def checks(judged: Judged) -> Mapping[str, Any]:
    """What MSDNet itself has to keep: half of the MACs, ten budgets, and the risks.

    The ten are evenly spaced between the first exit and the last, without these two, which can't be missed.
    """
    full = {"full": judged.macs[-1], "last": judged.test.accuracies[-1]}
    ten = budgets(judged.macs, CHECKED + 2)[1:-1]
    return {
        "half": budgeted(judged, [judged.macs[-1] / 2])[0] | full,
        "budgets": budgeted(judged, ten),
        "redrawn": held(judged, ten),
        "risks": [risks(judged, eps) for eps in RISKS],
    }


def holds(budget: Mapping[str, float], errors: Sequence[str]) -> bool:
    """Whether a budget is met within 5 %, or within two of the standard errors named, taken together."""
    error = math.hypot(*(budget[name] for name in errors))
    return abs(budget["realised"] - budget["asked"]) <= max(TOLERANCE * budget["asked"], 2 * error)


def redrawn(judged: Judged, splits: int) -> Iterator[Judged]:
    """Validation and test images together, of which chance makes new validation and test images."""
    pool = pooled(judged)
    for number in range(splits):
        order = torch.randperm(len(pool.labels), generator=torch.Generator().manual_seed(number))
        validation, test = (part(pool, images) for images in order.tensor_split(2))
        yield replace(judged, validation=validation, test=test)


def held(judged: Judged, asked: Sequence[float], splits: int = SPLITS) -> list[dict[str, float]]:
    """For each budget the mean deviation, as a share of it, and in how many splits it holds by either standard."""
    drawn = [budgeted(each, asked) for each in redrawn(judged, splits)]
    return [
        {
            "asked": of_splits[0]["asked"],
            "deviation": fmean(each["realised"] / each["asked"] - 1 for each in of_splits),
            "alone": sum(holds(each, ALONE) for each in of_splits),
            "together": sum(holds(each, TOGETHER) for each in of_splits),
        }
        for of_splits in zip(*drawn, strict=True)
    ]


def risks(judged: Judged, eps: float, delta: float = DELTA, splits: int = SPLITS) -> Mapping[str, float]:
    """How often a certified bound on the accuracy gap is broken, where chance decides which images certify it.

    A policy that some images certify is judged on the others, and on all: what the guarantee speaks of is the share in
    the population that the images are drawn from, and here that is all of them.
    """
    pool = pooled(judged)
    broken_rest, broken_pool, spent = 0, 0, 0.0
    for each in redrawn(judged, splits):
        policy = risk_policy(each.validation, judged.exits, judged.macs, eps, delta)
        of_rest, of_pool = (Outcome.of(policy, images, judged.macs) for images in (each.test, pool))
        broken_rest += of_rest.accuracy_last - of_rest.accuracy >= eps
        broken_pool += of_pool.accuracy_last - of_pool.accuracy >= eps
        spent += of_rest.macs / judged.macs[-1] / splits
    return {
        "eps": eps,
        "delta": delta,
        "splits": splits,
        "broken_rest": broken_rest,
        "broken_pool": broken_pool,
        "macs": spent,
    }


def pooled(judged: Judged) -> Scores:
    parts = (judged.validation, judged.test)
    return Scores(torch.cat([each.logits for each in parts], 1), torch.cat([each.labels for each in parts]))


def part(of: Scores, images: torch.Tensor) -> Scores:
    return Scores(of.logits[:, images], of.labels[images])
