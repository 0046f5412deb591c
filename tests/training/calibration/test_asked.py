"""A policy for what was asked of it."""

from __future__ import annotations

import pytest
import torch

from msdl.training.calibration import budget_policy, policy_for, risk_policy, temperatures
from msdl.training.scores import Scores

EXITS = ("exit1", "exit2")
MACS = (100, 250)


def scores() -> Scores:
    """200 images of three classes, about most of which the second exit is right."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(3, (200,), generator=generator)
    hints = torch.tensor([1.0, 3.0]).view(2, 1, 1) * torch.nn.functional.one_hot(labels, 3)
    return Scores(hints + torch.randn(2, 200, 3, generator=generator), labels)


@pytest.mark.parametrize("scaled", [False, True])
def test_a_budget_takes_all_images_for_temperatures_and_thresholds(scaled: bool) -> None:
    fitted = temperatures(scores()) if scaled else ()
    wanted = budget_policy(scores(), EXITS, MACS, 200.0, confidence="margin", temperatures=fitted)
    found = policy_for({"budget": 200.0}, scores(), EXITS, MACS, confidence="margin", scaled=scaled)
    assert found == wanted and found.about["asked"] == {"budget": 200.0}


@pytest.mark.parametrize("scaled", [False, True])
def test_images_that_certify_a_risk_are_not_those_that_temperatures_are_fitted_to(scaled: bool) -> None:
    half, rest = scores().halves()
    fitted = temperatures(half) if scaled else ()
    wanted = risk_policy(rest if scaled else scores(), EXITS, MACS, 0.2, 0.1, temperatures=fitted)
    asked = {"max_risk": 0.2, "delta": 0.1}
    found = policy_for(asked, scores(), EXITS, MACS, scaled=scaled)
    assert found == wanted and found.about["asked"] == asked
