"""When an image stops: at the first exit that is sure enough."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor

from msdl.runtime import record
from msdl.runtime.confidence import CONFIDENCES
from msdl.runtime.errors import InputError

FORMAT_VERSION = 1


class Rule(Protocol):
    """Who stops where, as queues ask for it: a `Policy`, or what stands in for one. Exits are counted from 0."""

    @property
    def exits(self) -> tuple[str, ...]:
        """A network's, or the first few of them; at the last of these all stop."""
        ...

    def confidences(self, logits: Tensor, exit: int) -> Tensor:
        """How sure an exit is of its logits (N, C): (N,) in float64."""
        ...

    def stops(self, confidences: Tensor, exit: int) -> Tensor:
        """Which of the images that reach an exit, in their order, stop there: (N,) booleans."""
        ...

    def insist_on(self, exits: tuple[str, ...]) -> None:
        """Refuses a network with other exits. Raises InputError."""
        ...


@dataclass(frozen=True)
class Policy:
    """An image stops at the first exit whose confidence is at least that exit's threshold; at the last it always stops.

    `thresholds` holds a number for each exit but the last; None closes an exit. `temperatures`, one an exit, divide
    the logits before the confidence is taken. `about` says how the policy was found: what was asked, what is expected.
    """

    exits: tuple[str, ...]
    thresholds: tuple[float | None, ...]
    confidence: str = "max-softmax"
    temperatures: tuple[float, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueError."""
        count = len(self.exits)
        if not count or len(set(self.exits)) < count:
            raise ValueError("a policy has exits, each with a name of its own")
        if len(self.thresholds) != count - 1:
            raise ValueError(f"{count} exits need {count - 1} thresholds, not {len(self.thresholds)}")
        if not all(threshold is None or math.isfinite(threshold) for threshold in self.thresholds):
            raise ValueError("a threshold is a finite number, or none where an exit is closed")
        if self.confidence not in CONFIDENCES:
            raise ValueError(f"'{self.confidence}' is none of {', '.join(CONFIDENCES)}")
        if self.temperatures and len(self.temperatures) != count:
            raise ValueError(f"{count} exits need {count} temperatures, not {len(self.temperatures)}")
        if not all(0 < temperature < math.inf for temperature in self.temperatures):
            raise ValueError("a temperature is a positive finite number")

    @classmethod
    def to_the_last(cls, exits: tuple[str, ...]) -> Policy:
        """No image stops before the last exit."""
        return cls(exits, (None,) * (len(exits) - 1))

    def confidences(self, logits: Tensor, exit: int) -> Tensor:
        """How sure exit number `exit`, counted from 0, is of its logits (N, C): (N,)."""
        scaled = logits.double() / self.temperatures[exit] if self.temperatures else logits
        return CONFIDENCES[self.confidence](scaled)

    def stops(self, confidences: Tensor, exit: int) -> Tensor:
        """Which of the images that reach an exit stop there: (N,) booleans."""
        if exit == len(self.exits) - 1:
            return torch.ones_like(confidences, dtype=torch.bool)
        threshold = self.thresholds[exit]
        if threshold is None:
            return torch.zeros_like(confidences, dtype=torch.bool)
        return confidences >= threshold

    def exits_of(self, logits: Tensor) -> Tensor:
        """The number of the exit, from 0, where every image stops, from all logits (K, N, C): (N,)."""
        stopping = [self.stops(self.confidences(of_exit, exit), exit) for exit, of_exit in enumerate(logits)]
        return torch.stack(stopping).int().argmax(0)

    def as_json(self) -> str:
        data = {
            "format_version": FORMAT_VERSION,
            "exits": list(self.exits),
            "thresholds": list(self.thresholds),
            "confidence": self.confidence,
            "temperatures": list(self.temperatures),
            "about": dict(self.about),
        }
        return json.dumps(data, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Raises InputError."""
        try:
            return policy_of(record.read(path, FORMAT_VERSION))
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"There is no policy '{path}'.", HELP) from None
        except ValueError as error:
            raise InputError(f"'{path}' is not a policy: {error}.") from None

    def insist_on(self, exits: tuple[str, ...], name: str = "The policy") -> None:
        """Refuses a policy that isn't for a network's exits, or for the first of them. Raises InputError."""
        if self.exits != exits[: len(self.exits)]:
            mine, theirs = ", ".join(self.exits), ", ".join(exits)
            raise InputError(f"{name} is for exits {mine}; the network has {theirs}.")


HELP = "`msdl calibrate RUN --budget ..` makes one"


def policy_of(data: Mapping[str, Any]) -> Policy:
    """The policy in a record. Raises ValueError."""
    thresholds = record.field(data, "thresholds", list)
    return Policy(
        record.items(data, "exits", str),
        tuple(None if value is None else record.typed(value, float, "a threshold") for value in thresholds),
        record.field(data, "confidence", str),
        record.items(data, "temperatures", float),
        record.field(data, "about", dict),
    )
