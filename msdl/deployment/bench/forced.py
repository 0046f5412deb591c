"""Images that leave where a mix says, whatever an exit makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from msdl.runtime.policy import Policy


class Forced:
    """A rule for one pass over as many images as `counts`, one an exit, add up to.

    On random inputs a policy means nothing: a network is sure of all of them or of none. So chance, seeded, decides
    who leaves, by the order in which images reach an exit; how sure the exit is is still worked out, since that takes
    time too.
    """

    def __init__(self, exits: tuple[str, ...], counts: Sequence[int], device: torch.device, seed: int = 0) -> None:
        self.exits = exits
        self._sure = Policy.to_the_last(exits)
        drawn = torch.Generator().manual_seed(seed)
        self._leaving: list[Tensor] = []
        for exit, count in enumerate(counts):
            leaving = torch.arange(sum(counts[exit:])) < count
            self._leaving.append(leaving[torch.randperm(len(leaving), generator=drawn)].to(device))

    def confidences(self, logits: Tensor, exit: int) -> Tensor:
        """How sure exit number `exit`, from 0, is of its logits (N, C): (N,)."""
        return self._sure.confidences(logits, exit)

    def stops(self, confidences: Tensor, exit: int) -> Tensor:
        """Which of the next images that reach an exit stop there: (N,) booleans."""
        count, leaving = len(confidences), self._leaving[exit]
        self._leaving[exit] = leaving[count:]
        return leaving[:count]

    def insist_on(self, exits: tuple[str, ...]) -> None:
        """Raises InputError."""
        self._sure.insist_on(exits, "The mix")
