"""What a policy does to labelled images: where they stop, what is right, what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from msdl.runtime.policy import Policy
from msdl.training.scores import Scores


@dataclass(frozen=True)
class Stops:
    """The images that stop at one exit: their share of all, and the share of them that is answered rightly."""

    exit: str
    share: float
    accuracy: float | None


@dataclass(frozen=True)
class Outcome:
    """What comes of a policy: mean MACs per image with their standard error, accuracy with and without early exit.

    `spoilt` counts the images that the last exit is right about and the exit where they stop is not.
    """

    images: int
    macs: float
    standard_error: float
    accuracy: float
    accuracy_last: float
    spoilt: int
    exits: tuple[Stops, ...]

    @classmethod
    def of(cls, policy: Policy, scores: Scores, macs: Sequence[int]) -> Outcome:
        """Of images with these scores, where exit k costs `macs[k]`."""
        return cls.where(policy.exits, policy.exits_of(scores.logits), scores.right, macs)

    @classmethod
    def where(cls, exits: Sequence[str], where: Tensor, right: Tensor, macs: Sequence[int]) -> Outcome:
        """Of images that stop at the exits with the numbers `where`, (N,); `right`, (K, N), is that of `Scores`."""
        answered = right.gather(0, where[None])[0]
        costs = torch.tensor(macs, dtype=torch.float64)[where]
        return cls(
            len(where),
            float(costs.mean()),
            float(costs.std(correction=0)) / math.sqrt(len(where)),
            float(answered.double().mean()),
            float(right[-1].double().mean()),
            int((right[-1] & ~answered).sum()),
            tuple(_stops(name, answered[where == exit], len(where)) for exit, name in enumerate(exits)),
        )

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "exits": [asdict(stops) for stops in self.exits]}


def _stops(name: str, right: Tensor, images: int) -> Stops:
    return Stops(name, len(right) / images, float(right.double().mean()) if len(right) else None)
