"""Anytime prediction: an answer whenever time runs out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import torch
from torch import Tensor, nn

from msdl.runtime.engines import Engine, as_engine
from msdl.runtime.sections import Clock, finish

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
    times: Sequence[float] | None = None,
    combine: Combine = separately,
    clock: Clock = time.perf_counter,
) -> Prediction:
    """The last answer for images (N, C, H, W) that is finished within `deadline` seconds.

    `times`, the seconds of each section as `section_times` measures them, keep it from beginning what can't be
    finished in time. Without them it begins the next section as long as time is left, and returns at most one section
    after the deadline, still with the last answer from before it. Where even the first exit is late, its answer is
    returned, and marked so. `combine=monotone` makes the answers agree from exit to exit. Raises ValueError.
    """
    engine = as_engine(network)
    exits = engine.exits
    if times is not None and len(times) != len(exits):
        raise ValueError(f"{len(exits)} exits need the times of as many sections, not {len(times)}")
    if math.isnan(deadline):
        raise ValueError("the deadline is not a number")
    expected = [*([0.0] * len(exits) if times is None else times), math.inf]
    start = clock()
    best: Prediction | None = None
    with engine.running():
        for exit, probabilities in enumerate(combine(engine.outputs(images), len(exits))):
            finish(probabilities)
            seconds = clock() - start
            if best is None or seconds <= deadline:
                best = Prediction(probabilities, exit, exits[exit], seconds, late=seconds > deadline)
            if seconds >= deadline or seconds + expected[exit + 1] > deadline:
                break
    assert best is not None  # a network has an exit
    return best


def section_times(
    network: Engine | nn.Module, images: Tensor | None = None, repeats: int = 5, clock: Clock = time.perf_counter
) -> tuple[float, ...]:
    """The seconds of each section on such images, or on one: medians of runs, after one that isn't counted."""
    engine = as_engine(network)
    if images is None:
        images = engine.blank()
    runs = [_times(engine, images, clock) for _ in range(repeats + 1)][1:]
    return tuple(map(median, zip(*runs, strict=True)))


def _times(engine: Engine, images: Tensor, clock: Clock) -> list[float]:
    times = []
    with engine.running():
        start = clock()
        for logits in engine.outputs(images):
            finish(logits)
            now = clock()
            times.append(now - start)
            start = now
    return times
