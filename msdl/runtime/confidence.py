"""How sure an exit is: from logits to numbers from 0 (no idea) to 1 (certain).

All are taken in float64, where fewer tie than in float32. Logits that aren't finite give nan, which is never sure.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

Confidence = Callable[[Tensor], Tensor]


def max_softmax(logits: Tensor) -> Tensor:
    """The largest probability: (.., C) -> (..) (MSDNet, section 5)."""
    return logits.double().softmax(-1).amax(-1)


def margin(logits: Tensor) -> Tensor:
    """The largest probability less the second largest: (.., C) -> (..); of a single class, its probability."""
    largest = logits.double().softmax(-1).topk(min(2, logits.shape[-1]), -1).values
    return largest[..., 0] - largest[..., 1:].sum(-1)


def entropy(logits: Tensor) -> Tensor:
    """1 - H(p) / log C: (.., C) -> (..); 1 for a single class (BranchyNet, Teerapittayanon et al. 2016, bounds H)."""
    uncertainty: Tensor = torch.special.entr(logits.double().softmax(-1)).sum(-1)
    return (1 - uncertainty / math.log(max(2, logits.shape[-1]))).clamp(0, 1)


CONFIDENCES: dict[str, Confidence] = {"max-softmax": max_softmax, "margin": margin, "entropy": entropy}
