"""A policy for an export: what was asked of a run's policy is asked again, of what the exported graphs say.

Folding and another runtime move logits by rounding; thresholds found on the export's own logits know of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from msdl.deployment.images import TRAIN
from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy


def recalibrated(policy: Policy, logits: Sequence[Tensor], labels: Tensor, macs: Sequence[int]) -> Policy:
    """The policy as `msdl calibrate` finds it from these logits, (N, C) an exit, where exit k costs `macs[k]`.

    One that doesn't say what was asked, as nobody calibrated it, stays as it is. Raises InputError.
    """
    exits = len(policy.exits)
    try:
        asked = _asked(policy)
        if not asked:
            return policy
        from msdl.training.calibration import policy_for
        from msdl.training.scores import Scores

        scores = Scores(torch.stack([*logits[:exits]]), labels)
        scaled = bool(policy.temperatures)
        return policy_for(asked, scores, policy.exits, macs[:exits], confidence=policy.confidence, scaled=scaled)
    except ModuleNotFoundError as error:
        raise InputError(f"The package '{error.name}' is missing, which calibration needs.", TRAIN) from None
    except ValueError as error:
        raise InputError(f"The policy can't be calibrated again: {error}.", "--no-policy leaves it out") from None


def _asked(policy: Policy) -> dict[str, float]:
    """What was asked of a policy; empty where it doesn't say. Raises ValueError."""
    asked = policy.about.get("asked")
    if not isinstance(asked, dict):
        return {}
    names = ("budget",) if "budget" in asked else ("max_risk", "delta") if "max_risk" in asked else ()
    return {name: record.field(asked, name, float) for name in names}
