"""The learning rate over the epochs, as a share of the option `lr`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from msdl.training.options import Options


def multistep(options: Options, epoch: float) -> float:
    """A tenth from each milestone on (Huang et al. 2018: half and three quarters of the epochs on CIFAR)."""
    return math.prod(0.1 for milestone in options.milestones if epoch >= milestone)


def cosine(options: Options, epoch: float) -> float:
    """Half a cosine, from 1 behind the warm-up to 0 at the end (Loshchilov and Hutter 2017, without restarts)."""
    return (1 + math.cos(math.pi * (epoch - options.warmup) / (options.epochs - options.warmup))) / 2


SCHEDULES: Mapping[str, Callable[[Options, float], float]] = MappingProxyType(
    {"cosine": cosine, "multistep": multistep}
)


def factor(options: Options, step: int, steps: int) -> float:
    """What the learning rate is multiplied by at a step, of `steps` an epoch; it rises linearly through the warm-up."""
    if step < options.warmup * steps:
        return (step + 1) / (options.warmup * steps)
    return SCHEDULES[options.schedule](options, step / steps)
