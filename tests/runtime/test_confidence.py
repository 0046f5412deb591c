"""How sure an exit is."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from msdl.runtime.confidence import CONFIDENCES

CASES = [
    ([0.0, 0.0], {"max-softmax": 1 / 2, "margin": 0, "entropy": 0}),
    ([0.0, 0.0, 0.0, 0.0], {"max-softmax": 1 / 4, "margin": 0, "entropy": 0}),
    ([math.log(3), 0.0], {"max-softmax": 3 / 4, "margin": 1 / 2, "entropy": 1 - (2 - 0.75 * math.log2(3))}),
    ([math.log(6), math.log(3), 0.0], {"max-softmax": 0.6, "margin": 0.3}),
    ([5000.0, 0.0, 0.0], {"max-softmax": 1, "margin": 1, "entropy": 1}),
    ([1.0, -math.inf], {"max-softmax": 1, "margin": 1, "entropy": 1}),
    ([7.0], {"max-softmax": 1, "margin": 1, "entropy": 1}),
]


@pytest.mark.parametrize(("logits", "confidences"), CASES)
def test_values(logits: list[float], confidences: dict[str, float]) -> None:
    for name, wanted in confidences.items():
        found = CONFIDENCES[name](torch.tensor([logits, logits]))
        assert found.dtype == torch.float64
        assert found.tolist() == pytest.approx([wanted, wanted], abs=1e-7)


@pytest.mark.parametrize("name", CONFIDENCES)
@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=6))
def test_from_no_idea_to_certain(name: str, logits: list[float]) -> None:
    (found,) = CONFIDENCES[name](torch.tensor([logits])).tolist()
    assert 0 <= found <= 1


@pytest.mark.parametrize("name", CONFIDENCES)
def test_confidences_that_tie_in_float32_are_told_apart(name: str) -> None:
    less, more = CONFIDENCES[name](torch.tensor([[25.0, 0.0], [26.0, 0.0]])).tolist()
    assert less < more
    assert torch.tensor(less).float() == torch.tensor(more).float()


@pytest.mark.parametrize("name", CONFIDENCES)
@pytest.mark.parametrize("logit", [math.inf, math.nan])
def test_logits_that_are_not_finite_are_never_sure(name: str, logit: float) -> None:
    (found,) = CONFIDENCES[name](torch.tensor([[logit, 0.0]])).tolist()
    assert not found >= 0
