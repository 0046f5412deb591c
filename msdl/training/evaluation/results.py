"""What an evaluation finds: accuracy, cost and measured time of exits and of budgets, on test images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from msdl.runtime.policy import Policy
from msdl.training.evaluation.subject import Subject
from msdl.training.scores import Scores


@dataclass(frozen=True)
class ExitResult:
    """An exit that answers for every image: its accuracy, the lazy MACs and the milliseconds an image up to it."""

    name: str
    accuracy: float
    macs: int
    ms: float


@dataclass(frozen=True)
class PolicyResult:
    """Images that really stopped early: where each did, and what the answers were worth.

    `asked` is the budget in mean lazy MACs an image, None where the policy was given; `realised` is what was spent on
    the test images. `classes` and `exits`, (N,), say what was answered for each image, and at which exit, from 0.
    """

    policy: Policy
    asked: float | None
    realised: float
    accuracy: float
    ms: float
    classes: Tensor
    exits: Tensor

    @property
    def shares(self) -> tuple[float, ...]:
        """Which share of the images stopped at each exit."""
        counts = self.exits.bincount(minlength=len(self.policy.exits))
        return tuple((counts / len(self.exits)).tolist())

    def as_json(self) -> dict[str, Any]:
        found = {"realised": self.realised, "accuracy": self.accuracy, "ms": self.ms, "shares": [*self.shares]}
        return found if self.asked is None else {"asked": self.asked, **found}


@dataclass(frozen=True)
class Measuring:
    """How time was taken: milliseconds an image, of batches of `batch_size`, as the median of `passes` passes."""

    images: int
    batch_size: int
    passes: int
    threads: int

    def as_json(self) -> Mapping[str, int]:
        return vars(self)


@dataclass(frozen=True)
class Evaluation:
    """All that was found out about one subject; `scores` are those of the test images."""

    subject: Subject
    measuring: Measuring
    scores: Scores
    exits: tuple[ExitResult, ...]
    budgets: tuple[PolicyResult, ...]
    given: PolicyResult | None = None

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def last(self) -> ExitResult:
        return self.exits[-1]

    def as_json(self) -> dict[str, Any]:
        """`macs` are lazy and, like `asked` and `realised`, a mean an image; accuracies and shares are from 0 to 1."""
        return {
            "run": self.name,
            **self.measuring.as_json(),
            "exits": [vars(exit) for exit in self.exits],
            "budgets": [budget.as_json() for budget in self.budgets],
            **({"policy": self.given.as_json()} if self.given else {}),
        }
