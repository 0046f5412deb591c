"""What is asked of a policy, a budget or a bound on the risk, as `Policy.about["asked"]` keeps it -> the policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msdl.runtime.policy import Policy
from msdl.training.calibration.budget import budget_policy
from msdl.training.calibration.risk import risk_policy
from msdl.training.calibration.temperature import temperatures
from msdl.training.scores import Scores


def policy_for(
    asked: Mapping[str, float],
    scores: Scores,
    exits: Sequence[str],
    macs: Sequence[int],
    *,
    confidence: str = "max-softmax",
    scaled: bool = False,
) -> Policy:
    """`asked` is {"budget": MACs per image} or {"max_risk": accuracy, "delta": chance}, the scores those of images not
    trained on; exit k costs `macs[k]`.

    `scaled`: each exit's probabilities are calibrated first, by temperature scaling. Where a risk is certified that
    takes half of the images: those that certify it must not have been fitted to. Raises InputError.
    """
    how: dict[str, Any] = {"confidence": confidence}
    if "budget" in asked:
        if scaled:
            how["temperatures"] = temperatures(scores)
        return budget_policy(scores, exits, macs, asked["budget"], **how)
    if scaled:
        half, scores = scores.halves()
        how["temperatures"] = temperatures(half)
    return risk_policy(scores, exits, macs, asked["max_risk"], asked["delta"], **how)
