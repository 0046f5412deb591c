"""Whether a network is right as often as it is sure (Guo et al. 2017)."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from msdl.training.scores import Scores

BINS = 10


@dataclass(frozen=True)
class Bin:
    """The images for which an exit's confidence lies in one part of 0..1: their mean confidence, their accuracy."""

    images: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Reliability:
    """The bins of one exit that hold images, by ascending confidence."""

    exit: str
    bins: tuple[Bin, ...]

    @property
    def error(self) -> float:
        """The expected calibration error (ECE): |accuracy - confidence|, a mean over all images."""
        images = sum(bin.images for bin in self.bins)
        return sum(bin.images * abs(bin.accuracy - bin.confidence) for bin in self.bins) / images


def reliability(scores: Scores, exits: tuple[str, ...]) -> tuple[Reliability, ...]:
    """The reliability of every exit, in bins of equal width; the confidence is the largest probability."""
    confidence = scores.logits.double().softmax(-1).amax(-1)
    return tuple(
        Reliability(name, _bins(sure, right)) for name, sure, right in zip(exits, confidence, scores.right, strict=True)
    )


def _bins(confidence: Tensor, right: Tensor) -> tuple[Bin, ...]:
    number = (confidence * BINS).ceil().clamp(1, BINS)
    members = [number == bin for bin in range(1, BINS + 1)]
    return tuple(
        Bin(int(inside.sum()), confidence[inside].mean().item(), right[inside].double().mean().item())
        for inside in members
        if inside.any()
    )
