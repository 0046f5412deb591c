"""Anytime prediction: an answer whenever time runs out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import torch
from torch import Tensor, nn

from msdl.runtime.engines import Engine, as_engine
from msdl.runtime.intake import insist_on_images
from msdl.runtime.sections import Clock, finish
from msdl.runtime.times import Times, medians

Combine = Callable[[Iterable[Tensor], int], Iterator[Tensor]]


@dataclass(frozen=True)
class Prediction:
    """What a batch is by the time that was left: probabilities (N, C) and the exit, counted from 0, that gave them.

    `seconds` went by until they were there. `late` says that it was more than the deadline allowed.
    """

    probabilities: Tensor
    exit: int
    name: str
    seconds: float
    late: bool


def separately(logits: Iterable[Tensor], exits: int) -> Iterator[Tensor]:
    """Every exit speaks for itself: the softmax over the classes, axis 1, in float64."""
    for of_exit in logits:
        yield of_exit.double().softmax(1)


def monotone(logits: Iterable[Tensor], exits: int, *, hard: bool = False) -> Iterator[Tensor]:
    """Product anytime: no exit forgets what those before it said (Jazbec et al., NeurIPS 2023, section 4).

    From the logits f_1, f_2, .. of K = `exits` exits, classes on axis 1, the probabilities

        p_m(y) = 1/Z_m  prod over i <= m of  a(f_i(y)) ^ (i / K)

    with a = ReLU; where the product is 0 for every class, the softmax of f_m. `hard` takes the Heaviside step for a:
    then all classes that have been positive at every exit are equally likely, and as long as one is left, the
    probability of a class that will stay never falls. That is the paper's theorem; ReLU, which tells the classes
    apart, comes close to it.
    """
    total: Tensor | float = 0.0
    for number, of_exit in enumerate(logits, start=1):
        factor = (of_exit > 0).double() if hard else of_exit.double().relu()
        total = total + number / exits * factor.log()
        collapsed = total.isneginf().all(1, keepdim=True)
        yield torch.where(collapsed, of_exit.double(), total).softmax(1)


def predict(
    network: Engine | nn.Module,
    images: Tensor,
    deadline: float,
    *,
    times: Sequence[float] | Times | None = None,
    combine: Combine = separately,
    clock: Clock = time.perf_counter,
) -> Prediction:
    """The last answer for images (N, C, H, W) that is finished within `deadline` seconds.

    `times`, the seconds of each section as `section_times` measures them, keep it from beginning what can't be
    finished in time. Without them it begins the next section as long as time is left, and returns at most one section
    after the deadline, still with the last answer from before it. Where even the first exit is late, its answer is
    returned, and marked so. `combine=monotone` makes the answers agree from exit to exit.

    With `Times` that know the networks of single exits, one image goes straight to the deepest exit whose network
    fits, where sections would not get so far: no head before it is computed. Then there is that answer alone, late or
    not; answers that are combined need every exit. Raises ValueError, and InputError for images that can't be read.
    """
    engine = as_engine(network)
    expected = _expected(engine, len(images) if images.dim() else 0, times)
    if math.isnan(deadline):
        raise ValueError("the deadline is not a number")
    start = clock()
    insist_on_images(engine, images)
    images = images.to(engine.device)
    if isinstance(times, Times) and len(images) == 1 and combine is separately:
        exit = _straight(engine, expected, times, deadline)
        if exit is not None:
            return _of_one_exit(engine, exit, images, deadline, start, clock)
    return _of_sections(engine, images, deadline, expected, combine, start, clock)


def section_times(
    network: Engine | nn.Module, images: Tensor | None = None, repeats: int = 5, clock: Clock = time.perf_counter
) -> tuple[float, ...]:
    """The seconds of each section on such images, or on one: medians of runs, after one that isn't counted."""
    engine = as_engine(network)
    with engine.running():
        return medians(engine, engine.blank() if images is None else images, repeats, clock)


def _expected(engine: Engine, images: int, times: Sequence[float] | Times | None) -> list[float]:
    """What each section will take, as far as it is known. Raises ValueError."""
    exits = len(engine.exits)
    if times is None:
        return [0.0] * exits
    known = len(times.sections) if isinstance(times, Times) else len(times)
    if known != exits:
        raise ValueError(f"{exits} exits need the times of as many sections, not {known}")
    return [times.seconds(exit, images) for exit in range(exits)] if isinstance(times, Times) else [*times]


def _straight(engine: Engine, expected: Sequence[float], times: Times, deadline: float) -> int | None:
    """The deepest exit whose network alone fits into the time, if sections get less far."""
    if engine.direct is None:
        return None
    by_sections = sum(seconds <= deadline for seconds in accumulate(expected))
    fitting = [exit for exit, seconds in enumerate(times.direct) if seconds <= deadline]
    return fitting[-1] if fitting and fitting[-1] >= by_sections else None


def _of_one_exit(engine: Engine, exit: int, images: Tensor, deadline: float, start: float, clock: Clock) -> Prediction:
    assert engine.direct is not None  # or nobody would have been sent here
    with engine.running():
        (probabilities,) = separately([engine.direct(exit)(images)], 1)
        finish(probabilities)
    seconds = clock() - start
    return Prediction(probabilities, exit, engine.exits[exit], seconds, late=seconds > deadline)


def _of_sections(
    engine: Engine,
    images: Tensor,
    deadline: float,
    expected: Sequence[float],
    combine: Combine,
    start: float,
    clock: Clock,
) -> Prediction:
    """Section after section, until the next would be too late."""
    exits, ahead = engine.exits, [*expected, math.inf]
    best: Prediction | None = None
    with engine.running():
        for exit, probabilities in enumerate(combine(engine.outputs(images), len(exits))):
            finish(probabilities)
            seconds = clock() - start
            if best is None or seconds <= deadline:
                best = Prediction(probabilities, exit, exits[exit], seconds, late=seconds > deadline)
            if seconds >= deadline or seconds + ahead[exit + 1] > deadline:
                break
    assert best is not None  # a network has an exit
    return best
