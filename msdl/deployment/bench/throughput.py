"""The time that many images take whose exits are mixed, with real early exit: queues, refilled batches and all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.deployment.bench.forced import Forced
from msdl.deployment.bench.images import IMAGES, MEMORY, Benched
from msdl.deployment.bench.mixes import OWN, Mix
from msdl.deployment.bench.results import MixTime, efficiency, percentile
from msdl.deployment.bench.turns import PAUSE, enough, turns
from msdl.runtime.engines import Engine
from msdl.runtime.policy import Policy, Rule
from msdl.runtime.queues import Queues
from msdl.runtime.sections import Clock
from msdl.runtime.times import Times

PASSES, LEAST = 5, 3
LONGEST = 60.0  # seconds that an engine works on one mix, unless runs were asked for
LONGEST_PASS = 10.0  # seconds of a pass, unless a number of images was asked for
FEWEST = 8  # batches that queues need to show how they fill others again


@dataclass(frozen=True)
class Lane:
    """An engine with what its queues know of it."""

    engine: Engine
    times: Times | None


@dataclass(frozen=True)
class Load:
    """What is worked on: so many images, in batches of a size, whose exits are forced by a mix or left to a policy."""

    name: str
    images: int
    batch: int
    forced: Mix | None
    policy: Policy | None = None

    def rule(self, engine: Engine) -> Rule:
        """Who leaves where, for one pass."""
        if self.forced is None:
            assert self.policy is not None
            return self.policy
        return Forced(engine.exits, self.forced.counts(self.images), engine.device)


@dataclass(frozen=True)
class Passed:
    """A pass over all images: its seconds, and how many of them left at each exit."""

    seconds: float
    stopped: tuple[int, ...]


def images_for(asked: int | None, batch: int, seconds_of_a_batch: float) -> int:
    """How many images mixes are timed on: as many as asked; else 2,048, or fewer whose pass isn't too long."""
    if asked is not None:
        return asked
    batches = int(LONGEST_PASS / seconds_of_a_batch) if seconds_of_a_batch > 0 else IMAGES
    return min(IMAGES, max(FEWEST, batches) * batch)


def loads(mixes: Sequence[Mix], own: Policy | None, images: int, batch: int) -> tuple[Load, ...]:
    """The mixes, and a run's own, which its policy makes."""
    forced = tuple(Load(mix.name, images, batch, mix) for mix in mixes)
    return forced if own is None else (*forced, Load(OWN, images, batch, None, own))


def through(lane: Lane, ready: Tensor, load: Load, clock: Clock) -> Passed:
    """Sends a load's images through the sections. `ready` is a number of whole batches, or all the images."""
    engine, rule = lane.engine, load.rule(lane.engine)
    stopped = torch.zeros(len(engine.exits), dtype=torch.long, device=engine.device)
    with engine.running():
        start = clock()
        queues = Queues(engine, rule, load.batch, times=lane.times)
        for pixels, numbers in _batches(ready, load):
            for left in queues.push(pixels, numbers):
                stopped += left.exit.bincount(minlength=len(stopped))
        for left in queues.drain():
            stopped += left.exit.bincount(minlength=len(stopped))
        counts = tuple(stopped.tolist())
        return Passed(clock() - start, counts)


def _batches(ready: Tensor, load: Load) -> Iterator[tuple[Tensor, Tensor]]:
    for start in range(0, load.images, load.batch):
        count, place = min(load.batch, load.images - start), start % len(ready)
        yield ready[place : place + count], torch.arange(start, start + count, device=ready.device)


def ready(images: Benched, load: Load, engine: Engine) -> Tensor:
    """A load's images where the engine is; where memory is too small for all, whole batches of them."""
    room = MEMORY // images.pixels[0].nbytes // load.batch * load.batch
    return images.first(min(load.images, max(room, load.batch))).to(engine.device, engine.dtype)


def throughputs(
    lanes: Sequence[Lane], images: Benched, loads: Sequence[Load], runs: int | None, clock: Clock
) -> list[list[tuple[Passed, ...]]]:
    """Of every engine, for every load, its passes. Engines and loads take turns, behind a pass that isn't counted."""
    given = ready(images, loads[0], lanes[0].engine)
    pairs = [(lane, load) for lane in lanes for load in loads]
    counts = []
    for lane, load in pairs:
        first = through(lane, given, load, clock)
        counts.append(enough(None if runs is None else min(runs, PASSES), PASSES, LEAST, first.seconds, LONGEST))
    found: list[tuple[Passed, ...]] = [() for _ in pairs]
    for each, count in turns(counts, PASSES, PAUSE if len(lanes) > 1 else 0.0):
        found[each] += tuple(through(pairs[each][0], given, pairs[each][1], clock) for _ in range(count))
    return [found[start : start + len(loads)] for start in range(0, len(found), len(loads))]


def mix_times(macs: Sequence[int], loads: Sequence[Load], passes: Sequence[tuple[Passed, ...]]) -> tuple[MixTime, ...]:
    """Passes as times of mixes, each held against the first, whose images all go to the last exit."""
    medians = [percentile(tuple(each.seconds for each in found), 0.5) for found in passes]
    return tuple(
        _mix_time(macs, load, found[0].stopped, len(found), seconds, medians[0])
        for load, found, seconds in zip(loads, passes, medians, strict=True)
    )


def _mix_time(
    macs: Sequence[int], load: Load, stopped: Sequence[int], passes: int, seconds: float, whole: float
) -> MixTime:
    shares = tuple(count / load.images for count in stopped)
    mean = sum(share * cost for share, cost in zip(shares, macs, strict=True))
    eta = efficiency(seconds, whole, mean, macs[-1])
    return MixTime(
        load.name, load.batch, load.images, seconds, mean, eta, shares, passes, forced=load.forced is not None
    )
