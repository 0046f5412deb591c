"""Temperature scaling of every exit: confidences that are probabilities (Guo et al. 2017, section 4.2)."""

from __future__ import annotations

import math

from scipy.optimize import minimize_scalar
from torch import Tensor, nn

from msdl.training.scores import Scores

COLDEST, HOTTEST = 0.1, 10.0


def temperatures(scores: Scores) -> tuple[float, ...]:
    """For each exit the temperature T whose logits / T have the least cross-entropy, from 0.1 to 10.

    An exit that is right about every image keeps 1: for it the cross-entropy falls for ever as T falls, and what is
    asked for doesn't exist.
    """
    return tuple(
        1.0 if bool(right.all()) else _temperature(logits.double(), scores.labels)
        for logits, right in zip(scores.logits, scores.right, strict=True)
    )


def _temperature(logits: Tensor, labels: Tensor) -> float:
    """The cross-entropy is convex in 1/T, so that it has a single minimum in log T."""

    def loss(log_t: float) -> float:
        return float(nn.functional.cross_entropy(logits / math.exp(log_t), labels))

    bounds = (math.log(COLDEST), math.log(HOTTEST))
    return math.exp(minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-4}).x)
