"""A network whose images are its answers: nothing is rounded, and every section notes whom it saw."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from msdl.runtime.policy import Policy
from msdl.runtime.sections import State


class Toy(nn.Module):
    """Logits (N, K, C) of K exits; `numbered` are the images that hold them, (N, 1, K, C + 1), and their numbers.

    `seen` gets the images that a section is given, by their numbers. `seconds`, one a section, pass on `now`, which is
    the clock.
    """

    def __init__(self, images: Tensor, seconds: tuple[float, ...] = ()) -> None:
        super().__init__()
        self.EXITS = tuple(f"exit{number}" for number in range(1, images.shape[1] + 1))
        numbers = torch.arange(len(images)).view(-1, 1, 1).expand(-1, images.shape[1], 1)
        self.numbered = torch.cat([images, numbers], 2).unsqueeze(1)
        self.INPUT = tuple(self.numbered.shape[1:])
        self.seconds = seconds or (1.0,) * images.shape[1]
        self.seen: list[list[int]] = []
        self.now = 0.0
        for exit in range(images.shape[1]):
            setattr(self, f"section{exit + 1}", lambda *state, exit=exit: self._section(exit, *state))
        self.eval()

    def _section(self, exit: int, images: Tensor, *others: Tensor) -> tuple[Tensor, State]:
        assert all(torch.equal(other, images[:, 0, 0]) for other in others)
        self.seen.append(images[:, 0, 0, -1].long().tolist())
        self.now += self.seconds[exit]
        last = exit == len(self.EXITS) - 1
        return images[:, 0, exit, :-1], () if last else (images, images[:, 0, 0])

    def exits(self, images: Tensor):
        state: State = (images,)
        for number in range(1, len(self.EXITS) + 1):
            logits, state = getattr(self, f"section{number}")(*state)
            yield logits

    def clock(self) -> float:
        return self.now


def expected(images: Tensor, policy: Policy) -> tuple[list[int], list[int], list[float]]:
    """Classes, exits and confidences where every exit is computed, and stopping is only simulated."""
    logits = images.transpose(0, 1)
    exits = policy.exits_of(logits)
    chosen = logits[exits, torch.arange(len(images))]
    sure = [policy.confidences(row[None], exit).item() for row, exit in zip(chosen, exits.tolist(), strict=True)]
    return chosen.argmax(1).tolist(), exits.tolist(), sure
