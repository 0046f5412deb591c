"""Temperature scaling."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from msdl.training.calibration import temperatures
from msdl.training.scores import Scores


def drawn(images: int, *too_sure: float) -> Scores:
    """Labels drawn from probabilities, and exits that know their logits but are too sure of them by factors."""
    generator = torch.Generator().manual_seed(0)
    logits = 2 * torch.randn(images, 10, generator=generator)
    labels = torch.multinomial(logits.softmax(-1), 1, generator=generator)[:, 0]
    return Scores(torch.stack([factor * logits for factor in too_sure]), labels)


def test_it_finds_by_how_much_an_exit_is_too_sure() -> None:
    assert temperatures(drawn(20_000, 1.0, 3.0, 0.5)) == pytest.approx((1.0, 3.0, 0.5), rel=0.03)


def test_the_cross_entropy_is_least_there() -> None:
    scores = drawn(300, 2.0)
    best = temperatures(scores)[0]
    at = [
        float(nn.functional.cross_entropy(scores.logits[0].double() / (best * f), scores.labels))
        for f in (1, 0.99, 1.01)
    ]
    assert at[0] == min(at)


def test_an_exit_that_is_always_right_keeps_its_logits() -> None:
    labels = torch.tensor([0, 1, 2])
    assert temperatures(Scores(torch.stack([5.0 * torch.eye(3), 1e4 * torch.eye(3)]), labels)) == (1.0, 1.0)


def test_temperatures_are_bounded() -> None:
    """An exit that is always wrong would best say nothing at all."""
    logits = 1e4 * torch.eye(3)[None]
    assert temperatures(Scores(logits, torch.tensor([1, 2, 0]))) == pytest.approx((10.0,), rel=1e-2)
