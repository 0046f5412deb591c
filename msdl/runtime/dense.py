"""What exits tell of every pixel, one image after another."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from msdl.runtime import anytime
from msdl.runtime.engines import Engine
from msdl.runtime.sections import finish
from msdl.runtime.times import Times

LEAST = 1e-300  # a probability whose logarithm is still a number


@dataclass(frozen=True)
class Told:
    """What an exit, counted from 0, tells of an image: numbers (C, h, w) that are larger the likelier a class is.

    `seconds` went by until they were there; `late` says that even the first exit took more than there was.
    """

    logits: Tensor
    exit: int
    seconds: float
    late: bool = False

    @property
    def finite(self) -> bool:
        return bool(self.logits.isfinite().all())


# From a batch of one image.
Tell = Callable[[Tensor], Told]


def until(engine: Engine, exits: int) -> Tell:
    """Has an image go through so many exits, and hears the last of them."""

    def tell(image: Tensor) -> Told:
        start = time.perf_counter()
        with engine.running():
            *_, (_, logits) = zip(range(exits), engine.outputs(image.to(engine.device)), strict=False)
            finish(logits)
        return Told(logits[0].cpu(), exits - 1, time.perf_counter() - start)

    tell(engine.blank())  # or the first image would pay for what is set up
    return tell


def within(engine: Engine, deadline: float, times: Times | None = None) -> Tell:
    """Hears the last exit that answers within so many seconds; without `times` the sections are measured first."""
    known = times or anytime.section_times(engine)

    def tell(image: Tensor, seconds: float = deadline) -> Told:
        answer = anytime.predict(engine, image, seconds, times=known)
        # Logits, but for a number that is the same for all classes of a pixel.
        likely = answer.probabilities[0].cpu().clamp(min=LEAST).log()
        return Told(likely, answer.exit, answer.seconds, answer.late)

    for seconds in (math.inf, deadline):
        tell(engine.blank(), seconds)
    return tell
