"""Scores to calibrate with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import nn

from msdl.training.scores import Scores


@pytest.fixture(scope="session")
def realistic() -> Callable[[int, int], Scores]:
    """`realistic(n, seed)`: scores of five exits over ten classes, the later the better, as of a trained network.

    What makes an image hard is shared by all exits, what else misleads them in part; some images are right at an early
    exit alone.
    """

    def draw(images: int, seed: int) -> Scores:
        generator = torch.Generator().manual_seed(seed)
        labels = torch.randint(10, (images,), generator=generator)
        ease = 3 + 2 * torch.randn(images, generator=generator)
        shared = 0.6 * torch.randn(images, 10, generator=generator)
        truth = nn.functional.one_hot(labels, 10)
        logits = [
            shared + 0.8 * torch.randn(images, 10, generator=generator) + (ease + 0.9 * exit).clamp(-2)[:, None] * truth
            for exit in range(5)
        ]
        return Scores(1.5 * torch.stack(logits), labels)

    return draw


@pytest.fixture(scope="session")
def sure() -> Callable[[Sequence[Sequence[float]]], Scores]:
    """`sure(gaps)`: scores over two classes in which exit k prefers the first by `gaps[k][i]` for image i.

    From a gap of 37 on the larger probability is 1 in double precision: such images tie. The first class is right.
    """

    def make(gaps: Sequence[Sequence[float]]) -> Scores:
        first = torch.tensor(gaps, dtype=torch.float32)
        return Scores(torch.stack([first, torch.zeros_like(first)], -1), torch.zeros(first.shape[1], dtype=torch.long))

    return make


@pytest.fixture(scope="session")
def part() -> Callable[[Scores, int, int], Scores]:
    """`part(scores, n, seed)`: n of the images, drawn without replacement."""

    def draw(scores: Scores, images: int, seed: int) -> Scores:
        chosen = torch.randperm(len(scores.labels), generator=torch.Generator().manual_seed(seed))[:images]
        return scores.part(chosen)

    return draw
