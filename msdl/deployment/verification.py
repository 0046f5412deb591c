"""An export held against the module that it was made from: do its logits agree, does it decide alike?"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from msdl.deployment.images import Images
from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.runtime.sections import inference, outputs

# Of the largest logit that an exit gives an image: a hundred times what the order of sums changes in float32.
TOLERANCE = 1e-4

# Rounding moves some networks further: gates of values in the thousands, as freshly drawn weights give them, and
# unpooling, where two pixels of a window are as good as equal. So much of what it moves the module itself may an export
# differ; but where that were more than the share behind it, no comparison tells anything.
ROUNDINGS, MOST = 4, 0.25

# Logits below it are 0: the smallest number that float32 has all its digits for.
TINY = torch.finfo(torch.float32).tiny

# The share of decisions that should be alike; others lie within the tolerance of a threshold or a tie.
AGREEMENT = 0.999


@dataclass(frozen=True)
class Verification:
    """How far logits differ at most, as they are and relative to the largest of an image, and how many decisions.

    A decision is an image's class and, under a policy, the exit that says it; where there is no policy, the class at
    every exit (of maps, at every position). `flips` counts those that differ. `tolerance` is what `relative` may be.
    """

    images: str
    count: int
    difference: float
    relative: float
    decisions: int
    flips: int
    tolerance: float = TOLERANCE

    @property
    def agreement(self) -> float:
        return 1 - self.flips / self.decisions

    def as_json(self) -> dict[str, Any]:
        return {
            "images": self.images,
            "count": self.count,
            "largest_difference": self.difference,
            "relative_difference": self.relative,
            "tolerance": self.tolerance,
            "decisions": self.decisions,
            "flips": self.flips,
            "agreement": self.agreement,
        }


def said(engine: Engine, images: Images) -> tuple[Tensor, ...]:
    """What every exit says about all images: (N, classes), or maps, an exit."""
    with engine.running():
        batches = [[*engine.outputs(batch)] for batch in images.batches()]
    return tuple(torch.cat(of_exit) for of_exit in zip(*batches, strict=True))


def verified(
    engine: Engine, module: nn.Module, images: Images, found: Sequence[Tensor] | None, policy: Policy | None
) -> Verification:
    """Compares what an engine said, `found`, and what its direct graphs say, with the module, batch after batch.

    Where nothing was kept of what the engine said, it says it again: memory may not hold the maps of all images.
    """
    direct = [] if engine.direct is None else [*map(engine.direct, range(len(engine.exits)))]
    farthest, flips, decisions, start = torch.zeros(2), 0, 0, 0
    for batch, wanted in _of_module(module, images):
        with engine.running():
            kept = found and [of_exit[start : start + len(batch)] for of_exit in found]
            theirs = kept or [*engine.outputs(batch)]
            alone = [run(batch) for run in direct]
        start += len(batch)
        pairs = zip((*theirs, *alone), (*wanted, *wanted[: len(alone)]), strict=True)
        farthest = torch.stack([farthest, *(_distance(*pair) for pair in pairs)]).amax(0)
        same = _decided(theirs, policy) == _decided(wanted, policy)
        flips += int((~same).sum())
        decisions += same.numel()
    difference, relative = farthest.tolist()
    return Verification(images.kind, images.count, difference, relative, decisions, flips)


def tolerant(found: Verification, module: nn.Module, images: Images) -> Verification:
    """With the tolerance that a module's own rounding asks for; only where it matters, since float64 takes its time."""
    if not math.isfinite(found.relative) or found.relative <= TOLERANCE:
        return found
    return replace(found, tolerance=max(TOLERANCE, min(ROUNDINGS * rounding(module, images), MOST)))


def rounding(module: nn.Module, images: Images) -> float:
    """How far a module is from itself in float64: the largest difference of logits, relative as a Verification's."""
    exact = copy.deepcopy(module).double()
    farthest = torch.zeros(2)
    for batch, rounded in _of_module(module, images):
        with inference(exact):
            pairs = zip(rounded, outputs(exact, batch.double()), strict=True)
            farthest = torch.stack([farthest, *(_distance(*pair).float() for pair in pairs)]).amax(0)
    return float(farthest[1])


def insist_on_likeness(found: Verification) -> None:
    """Refuses an export that isn't the network that it was made from. Raises InputError."""
    if math.isfinite(found.relative) and found.relative <= found.tolerance:
        return
    if math.isnan(found.difference):
        raise InputError("The network puts out infinities or NaN, so that no export can be held against it.")
    raise InputError(
        f"The export's logits differ from the module's by up to {found.difference:.1e}, {found.relative:.1e} of the "
        f"largest, on {found.count:,} {found.images} images; {found.tolerance:.0e} is allowed."
    )


def _of_module(module: nn.Module, images: Images) -> Iterator[tuple[Tensor, list[Tensor]]]:
    with inference(module):
        for batch in images.batches():
            yield batch, [*outputs(module, batch)]


def _distance(found: Tensor, wanted: Tensor) -> Tensor:
    """The largest difference, and the largest relative one, of logits (N, ..): (2,); nan where either is no number."""
    apart = (found - wanted).abs().flatten(1).amax(1)
    scale = wanted.abs().flatten(1).amax(1).clamp(min=TINY)
    return torch.stack([apart.amax(), (apart / scale).amax()])


def _decided(logits: Sequence[Tensor], policy: Policy | None) -> Tensor:
    """Decisions of one exit after another (N, ..), each a number that no other decision has."""
    if policy is None:
        return torch.cat([of_exit.argmax(1).flatten() for of_exit in logits])
    several = torch.stack([*logits[: len(policy.exits)]])
    where = policy.exits_of(several)
    classes = several.argmax(-1).gather(0, where[None])[0]
    return where * several.shape[-1] + classes
