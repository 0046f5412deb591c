from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn.functional import one_hot

from msdl.training.evaluation.reference import best, blind
from msdl.training.scores import Scores

MACS = (10, 25, 70)


def scores(right: torch.Tensor) -> Scores:
    """Of two classes, of which class 1 is always true, from who is right about what: (K, N) booleans."""
    return Scores(one_hot(right.long(), 2).float(), torch.ones(right.shape[1], dtype=torch.long))


@pytest.mark.parametrize("seed", range(5))
def test_no_choice_of_exits_is_better_than_the_best(seed: int) -> None:
    right = torch.rand(3, 6, generator=torch.Generator().manual_seed(seed)) < 0.5
    points = best(scores(right), MACS)
    choices = [
        (
            sum(MACS[exit] for exit in choice) / 6,
            sum(right[exit, image].item() for image, exit in enumerate(choice)) / 6,
        )
        for choice in product(range(3), repeat=6)
    ]
    for cost, accuracy in points:
        assert accuracy == pytest.approx(max(of for spent, of in choices if spent <= cost + 1e-9))
        assert not any(
            of >= accuracy - 1e-9 for spent, of in choices if spent < cost - 1e-9 and accuracy > points[0][1]
        )
    assert points[0] == (MACS[0], pytest.approx(right[0].double().mean().item()))
    assert points[-1][1] == pytest.approx(right.any(0).double().mean().item())


def test_a_blind_choice_is_right_as_often_as_its_exits_are() -> None:
    assert blind((0.5, 0.25, 0.25), (0.6, 0.8, 1.0)) == pytest.approx(0.75)
