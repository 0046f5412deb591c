"""Measured time: wall clock of chained sections and of real early exit, side by side on the same batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median
from time import perf_counter

import torch
from torch import Tensor, nn

from msdl.runtime.budgeted import route
from msdl.runtime.policy import Policy
from msdl.runtime.sections import outputs

PASSES = 5
AT_ONCE = 8  # batches that are decoded and run together, so that images that go on can fill batches again
ENOUGH = 10_000  # images; what is run on more of them needs no passes to even out


@dataclass(frozen=True)
class Timed:
    """What was computed of images, each tensor with N rows, and after how many seconds each part of it was there."""

    results: tuple[Tensor, ...]
    seconds: tuple[float, ...]


Timing = Callable[[Tensor], Timed]


def passes_for(images: int) -> int:
    """How often a test set of this many images is gone through."""
    return max(1, min(PASSES, -(-ENOUGH // images)))


def every_exit(model: nn.Module, batch_size: int) -> Timing:
    """Sections chained, batch after batch: the logits of each exit, (N, C), and the seconds up to it."""

    def of_batch(batch: Tensor) -> Timed:
        results, seconds = [], []
        start = perf_counter()
        for logits in outputs(model, batch):
            seconds.append(perf_counter() - start)
            results.append(logits)
        return Timed(tuple(results), tuple(seconds))

    return lambda images: together([of_batch(batch) for batch in torch.split(images, batch_size)])


def early_exit(model: nn.Module, policy: Policy, batch_size: int) -> Timing:
    """Images that stop where the policy says: the class of each and the number of its exit, (N,)."""

    def run(images: Tensor) -> Timed:
        start = perf_counter()
        routed = route(model, images, policy, batch_size=batch_size)
        return Timed((routed.index, routed.exit), (perf_counter() - start,))

    return run


def interleaved(timings: Sequence[tuple[Timing, Tensor]], passes: int, warm_up: bool) -> list[Timed]:
    """Each timing's results on its batch, and the medians of its seconds over several passes.

    All run in every pass, each time in another order, so that none has the machine at better moments than others.
    """
    with torch.inference_mode():
        if warm_up:
            for timing, batch in timings:
                timing(batch)
        laps: list[list[Timed]] = [[] for _ in timings]
        for number in range(passes):
            for index in Random(number).sample(range(len(timings)), len(timings)):
                timing, batch = timings[index]
                laps[index].append(timing(batch))
    return [Timed(lap[0].results, _medians(lap)) for lap in laps]


def _medians(laps: Sequence[Timed]) -> tuple[float, ...]:
    return tuple(map(median, zip(*(lap.seconds for lap in laps), strict=True)))


def together(batches: Sequence[Timed]) -> Timed:
    """The results of batch after batch as those of all images, and their seconds, summed."""
    results = zip(*(batch.results for batch in batches), strict=True)
    seconds = zip(*(batch.seconds for batch in batches), strict=True)
    return Timed(tuple(map(torch.cat, results)), tuple(map(sum, seconds)))
