"""What exits are held against: how targets are drawn with their images, what is lost, what is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from torch import Tensor

# By kind, `_loss` or `_accuracy`, what was found for each exit.
Measured = Mapping[str, Mapping[str, float]]


class Objective(Protocol):
    """`headline` is the kind that tells best how good a network is."""

    headline: str

    def augmented(self, pixels: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """A training batch, pixels of 8 bits and targets, distorted."""
        ...

    def mixed(self, images: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """A training batch, normalised, as the network sees it."""
        ...

    def losses(self, outputs: Sequence[Tensor], target: Tensor) -> Tensor:
        """The mean loss of each exit over a training batch: (K,)."""
        ...

    def validate(self, outputs: Sequence[Tensor], target: Tensor) -> None:
        """Takes a batch of the validation part into account."""
        ...

    def measured(self) -> Measured:
        """What was found on all batches since it was last asked."""
        ...
