from __future__ import annotations

import pytest
import torch

from msdl.training.evaluation.reliability import Bin, reliability
from msdl.training.scores import Scores


def logits(*confidences: float) -> torch.Tensor:
    """Of two classes, where class 0 has these probabilities."""
    p = torch.tensor(confidences, dtype=torch.float64)
    return torch.stack([p, 1 - p], 1).log()[None]


def test_the_error_is_the_distance_of_confidence_and_accuracy_weighted_by_images() -> None:
    found = reliability(Scores(logits(0.92, 0.98, 0.94, 0.62), torch.tensor([0, 0, 1, 0])), ("end",))
    (first, last) = found[0].bins
    assert first == Bin(1, pytest.approx(0.62), 1.0)
    assert last == Bin(3, pytest.approx(2.84 / 3), pytest.approx(2 / 3))
    assert found[0].error == pytest.approx((0.38 + 3 * (2.84 / 3 - 2 / 3)) / 4)


def test_an_exit_that_is_sure_and_right_has_no_error() -> None:
    found = reliability(Scores(logits(1.0, 1.0), torch.tensor([0, 0])), ("end",))
    assert found[0].bins == (Bin(2, 1.0, 1.0),) and found[0].error == 0
