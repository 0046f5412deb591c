"""What a policy does to labelled images."""

from __future__ import annotations

import math

import pytest
import torch

from msdl.runtime.policy import Policy
from msdl.training.calibration import Outcome
from msdl.training.scores import Scores


def test_an_outcome_by_hand() -> None:
    # Two classes; the number is how much the second is preferred. Images: right early; wrong early, right at last
    # (spoilt); right at last only, and let through; wrong at both.
    preferred = torch.tensor([[5.0, 5.0, 1.0, 1.0], [9.0, -9.0, -9.0, 9.0]])
    scores = Scores(torch.stack([torch.zeros_like(preferred), preferred], -1), torch.tensor([1, 0, 0, 0]))
    found = Outcome.of(Policy(("a", "b"), (0.9,)), scores, (10, 30))
    assert (found.images, found.macs, found.spoilt) == (4, 20, 1)
    assert (found.accuracy, found.accuracy_last) == (0.5, 0.75)
    assert found.standard_error == pytest.approx(10 / math.sqrt(4))
    assert [(stops.exit, stops.share, stops.accuracy) for stops in found.exits] == [("a", 0.5, 0.5), ("b", 0.5, 0.5)]


def test_an_exit_where_nothing_stops_has_no_accuracy() -> None:
    scores = Scores(torch.tensor([[[0.0, 1.0]], [[0.0, 1.0]]]), torch.tensor([1]))
    found = Outcome.of(Policy(("a", "b"), (None,)), scores, (10, 30))
    assert [(stops.share, stops.accuracy) for stops in found.exits] == [(0, None), (1, 1)]
