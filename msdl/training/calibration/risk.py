"""Risk control: early exit that is guaranteed to cost little accuracy.

An image is *spoilt* when the last exit is right about it and the exit where it stops is not. The share of spoilt images
is at least the accuracy gap, acc(last exit) - acc(policy), since the gap also subtracts the images that early exit
answers better. So a bound on the spoilt share bounds the gap. (It is the performance gap of Jazbec et al. 2024, "Fast
yet safe: early-exiting with risk control", for the 0-1 loss, without what early exit gains.)

All exits share one threshold, which is lowered along a path that was fixed before any image was seen, from 'all to the
last exit' on. At each threshold the hypothesis 'a share of at least eps is spoilt' is tested at level delta; the last
threshold before the first whose test doesn't reject is taken. This is learn-then-test (Angelopoulos et al. 2021) with
fixed sequence testing. Why it holds: take the first threshold on the path whose true share is at least eps. To take it,
or any after it, that one's test has to reject. Its count of spoilt images among n is binomial with a share of at least
eps, so that the exact test's p-value, P(Bin(n, eps) <= count), is at most delta with a probability of at most delta.
Nothing is paid for the many tests, and the share needn't rise along the path.

The images must be drawn independently from where later ones come from, and neither the weights nor the temperatures may
have been fitted to them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.stats import beta, binom

from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.calibration.geometric import Floats
from msdl.training.calibration.outcome import Outcome
from msdl.training.calibration.thresholds import Counts
from msdl.training.scores import Scores, insist_on_usable

# Confidences crowd below 1: the path is even in log(1 - threshold), in steps of 1.2 %.
PATH: Floats = 1 - np.logspace(-15, 0, 3001)


def risk_policy(
    scores: Scores,
    exits: Sequence[str],
    macs: Sequence[int],
    eps: float,
    delta: float = 0.1,
    *,
    confidence: str = "max-softmax",
    temperatures: Sequence[float] = (),
) -> Policy:
    """The fastest policy of which it is certain enough that its accuracy is less than eps below the last exit's.

    Certain enough is a probability of at least 1 - delta over the draw of the scored images. Where no early exit can be
    certified, all images go to the last one, and `about["certified"]["threshold"]` is None. Raises InputError where eps
    or delta isn't between 0 and 1.
    """
    _insist_on_share(eps, "accuracy gap")
    _insist_on_share(delta, "delta")
    insist_on_usable(scores)
    every = replace(Policy.to_the_last(tuple(exits)), confidence=confidence, temperatures=tuple(temperatures))
    passed = binom.cdf(spoilt_counts(scores, every), len(scores.labels), eps) <= delta
    steps = len(PATH) if passed.all() else int(passed.argmin())
    threshold = float(PATH[steps - 1]) if steps else None
    found = replace(every, thresholds=(threshold,) * (len(exits) - 1))
    outcome = Outcome.of(found, scores, macs)
    about = {
        "asked": {"max_risk": eps, "delta": delta},
        "certified": _certified(threshold, outcome, eps, delta),
        "validation": outcome.as_json(),
    }
    return replace(found, about=about)


def spoilt_counts(scores: Scores, policy: Policy) -> Counts:
    """How many images are spoilt at each threshold of the path.

    An image stops at exit k for the thresholds that its confidence there reaches and none before did.
    """
    counts = np.zeros(len(PATH) + 1, dtype=np.intp)
    right = scores.right.numpy()
    surest = np.full(right.shape[1], -np.inf)
    for exit, logits in enumerate(scores.logits[:-1]):
        before, surest = surest, np.maximum(surest, policy.confidences(logits, exit).numpy())
        spoilt = right[-1] & ~right[exit]
        for edge, sign in ((surest, 1), (before, -1)):
            first = np.searchsorted(-PATH, -edge[spoilt])
            counts += sign * np.bincount(first, minlength=len(counts))
    return counts.cumsum()[:-1]


def images_needed(eps: float, delta: float) -> int:
    """How many images, none of them spoilt, it takes to certify a risk at all: (1 - eps)^n <= delta."""
    return math.ceil(math.log(delta) / math.log1p(-eps))


def _certified(threshold: float | None, outcome: Outcome, eps: float, delta: float) -> dict[str, Any]:
    """`bound` is the spoilt share's upper confidence bound at the threshold taken (Clopper and Pearson 1934)."""
    bound = 0.0
    if threshold is not None:
        bound = float(beta.ppf(1 - delta, outcome.spoilt + 1, outcome.images - outcome.spoilt))
    return {
        "threshold": threshold,
        "images": outcome.images,
        "images_needed": images_needed(eps, delta),
        "spoilt": outcome.spoilt,
        "bound": bound,
    }


def _insist_on_share(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise InputError(f"The {name} has to be between 0 and 1, and {value} is not.")
