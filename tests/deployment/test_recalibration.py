"""A policy for an export: as `msdl calibrate` would find it from the export's logits."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from msdl.deployment.recalibration import recalibrated
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.calibration import budget_policy, risk_policy, temperatures
from msdl.training.scores import Scores

EXITS = ("exit1", "exit2", "exit3")
MACS = (100, 250, 400)
BUDGET = {"budget": 200.0}
RISK = {"max_risk": 0.2, "delta": 0.1}


def scores() -> Scores:
    """300 images of five classes: the later an exit, the more often it is right."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(5, (300,), generator=generator)
    hints = torch.tensor([1.0, 2.0, 4.0]).view(3, 1, 1) * torch.nn.functional.one_hot(labels, 5)
    return Scores(hints + torch.randn(3, 300, 5, generator=generator), labels)


def asked(about: dict[str, Any], **how: Any) -> Policy:
    exits = how.pop("exits", EXITS)
    return Policy(exits, (0.5,) * (len(exits) - 1), about=about, **how)


def again(policy: Policy) -> Policy:
    found = scores()
    return recalibrated(policy, tuple(found.logits), found.labels, MACS)


@pytest.mark.parametrize("confidence", ["max-softmax", "margin", "entropy"])
@pytest.mark.parametrize("scaled", [False, True])
def test_a_budget_is_spent_again(confidence: str, scaled: bool) -> None:
    policy = asked({"asked": BUDGET}, confidence=confidence, temperatures=(1.0,) * 3 if scaled else ())
    fitted = temperatures(scores()) if scaled else ()
    wanted = budget_policy(scores(), EXITS, MACS, 200.0, confidence=confidence, temperatures=fitted)
    assert again(policy) == wanted
    assert wanted.about["validation"]["macs"] == pytest.approx(200, rel=0.02)


@pytest.mark.parametrize("scaled", [False, True])
def test_a_risk_is_certified_again_on_images_that_no_temperature_was_fitted_to(scaled: bool) -> None:
    policy = asked({"asked": RISK}, temperatures=(1.0,) * 3 if scaled else ())
    half, rest = scores().halves()
    fitted = temperatures(half) if scaled else ()
    assert again(policy) == risk_policy(rest if scaled else scores(), EXITS, MACS, 0.2, 0.1, temperatures=fitted)


def test_a_policy_for_the_first_exits_stays_one() -> None:
    wanted = budget_policy(Scores(scores().logits[:2], scores().labels), EXITS[:2], MACS[:2], 150.0)
    assert again(asked({"asked": {"budget": 150.0}}, exits=EXITS[:2])) == wanted


@pytest.mark.parametrize("about", [{}, {"asked": {}}, {"asked": "everything"}, {"source": "by hand"}])
def test_a_policy_that_nobody_calibrated_stays_as_it_is(about: dict[str, Any]) -> None:
    policy = asked(about)
    assert again(policy) is policy


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"budget": "much"}, "The policy can't be calibrated again: 'budget' is not a number."),
        ({"max_risk": 0.1}, "The policy can't be calibrated again: it has no 'delta'."),
        ({"max_risk": 2, "delta": 0.1}, "The accuracy gap has to be between 0 and 1, and 2 is not."),
        ({"budget": 1}, "A budget of 1 MACs per image can't be reached: .*"),
    ],
)
def test_what_was_asked_has_to_make_sense(about: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        again(asked({"asked": json.loads(json.dumps(about))}))
