"""A policy for an export: what was asked of a run's policy is asked again, of what the exported graphs say.

Folding and another runtime move logits by rounding; thresholds found on the export's own logits know of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from msdl.deployment.images import TRAIN
from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy

if TYPE_CHECKING:
    from msdl.training.scores import Scores


def recalibrated(policy: Policy, logits: Sequence[Tensor], labels: Tensor, macs: Sequence[int]) -> Policy:
    """The policy as `msdl calibrate` finds it from these logits, (N, C) an exit, where exit k costs `macs[k]`.

    One that doesn't say what was asked, as nobody calibrated it, stays as it is. Raises InputError.
    """
    asked = policy.about.get("asked")
    if not isinstance(asked, dict) or not {"budget", "max_risk"} & asked.keys():
        return policy
    exits = len(policy.exits)
    try:
        from msdl.training.scores import Scores

        found = _found(policy, asked, Scores(torch.stack([*logits[:exits]]), labels), macs[:exits])
    except ModuleNotFoundError as error:
        raise InputError(f"The package '{error.name}' is missing, which calibration needs.", TRAIN) from None
    except ValueError as error:
        raise InputError(f"The policy can't be calibrated again: {error}.", "--no-policy leaves it out") from None
    return found


def _found(policy: Policy, asked: Mapping[str, Any], scores: Scores, macs: Sequence[int]) -> Policy:
    """Raises InputError and ValueError."""
    from msdl.training.calibration import budget_policy, risk_policy, temperatures

    how: Any = {"confidence": policy.confidence, "temperatures": ()}
    scaled = bool(policy.temperatures)
    if "budget" in asked:
        if scaled:
            how["temperatures"] = temperatures(scores)
        return budget_policy(scores, policy.exits, macs, record.field(asked, "budget", float), **how)
    risk, delta = (record.field(asked, name, float) for name in ("max_risk", "delta"))
    if scaled:  # those that certify a risk must not have been fitted to
        half, scores = scores.halves()
        how["temperatures"] = temperatures(half)
    return risk_policy(scores, policy.exits, macs, risk, delta, **how)
