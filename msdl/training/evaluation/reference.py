"""What a choice of exits is compared with: the same spending without looking, and the best that is possible."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from msdl.training.scores import Scores


def blind(shares: Sequence[float], accuracies: Sequence[float]) -> float:
    """The expected accuracy where as many images stop at each exit, but chance decides which."""
    return sum(share * accuracy for share, accuracy in zip(shares, accuracies, strict=True))


def best(scores: Scores, macs: Sequence[int]) -> tuple[tuple[float, float], ...]:
    """Mean MACs and accuracy where each image that exits 1..k can get right stops at the first that is right.

    One pair for each k; all other images stop at the first exit. No rule does better at these costs, and at costs
    between them none does better than the straight line: every image that is bought costs what its exit costs more
    than the first, and the cheapest ones are bought first.
    """
    right = scores.right
    extra = torch.tensor(macs, dtype=torch.float64) - macs[0]
    first = torch.where(right.any(0), right.int().argmax(0), 0)
    points = []
    for exit in range(len(macs)):
        reached = first <= exit
        cost = macs[0] + torch.where(reached, extra[first], 0.0).mean().item()
        points.append((cost, (right.any(0) & reached).double().mean().item()))
    return tuple(points)
