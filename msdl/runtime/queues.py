"""Images on their way through a network's sections: those that go on wait until they fill a batch again.

images -> section 1 -> [wait] -> section 2 -> [wait] -> .. -> section K
             |                      |                            |
           answers                answers                      answers
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Rule
from msdl.runtime.sections import Clock, finish
from msdl.runtime.times import Times
from msdl.runtime.waiting import Group, Waiting


@dataclass(frozen=True)
class Answers:
    """Images that have left: their numbers, classes, confidences, exits, and the seconds spent on each; all (N,)."""

    numbers: Tensor
    index: Tensor
    confidence: Tensor
    exit: Tensor
    seconds: Tensor


def nobody(device: torch.device) -> Answers:
    """No image at all."""
    whole, real = (torch.empty(0, dtype=kind, device=device) for kind in (torch.long, torch.double))
    return Answers(whole, whole, real, whole, real)


class Queues:
    """Runs sections on batches of images that no exit before was sure of.

    Images that go on are gathered, and less than a batch waits before a section; or the state goes on as it is, not
    copied, to the next section at once, where that takes no longer. Where nobody knows what sections take, it does so
    if no image has left it that could make room for another. With `times` it may hold images that have left: they
    are computed along, which is cheaper than copying the others.

    Images that don't fill a batch are repeated, the last of them, up to a multiple of the engine's `step`. The policy
    is for the engine's exits, or for the first of them.

    What `push` and `drain` give is to be taken to its end before either is called again. Where a section raises, the
    images that were on their way are lost, and those that wait are not. Raises InputError.
    """

    def __init__(
        self,
        engine: Engine,
        policy: Rule,
        batch_size: int,
        clock: Clock = time.perf_counter,
        times: Times | None = None,
    ) -> None:
        if batch_size < 1 or engine.step < 1:
            raise ValueError(f"{batch_size} images a batch, in steps of {engine.step}: both are at least 1")
        policy.insist_on(engine.exits)
        self.sections = engine.sections[: len(policy.exits)]
        self.policy = policy
        self.batch_size = batch_size
        self.step = engine.step
        self.clock = clock
        self.times = times
        self.more = True  # images may come yet
        self.waiting = [Waiting(batch_size, engine.gather) for _ in self.sections]

    def push(self, images: Tensor, numbers: Tensor) -> Iterator[Answers]:
        """Takes up to a batch of images (N, C, H, W), normalised, with numbers (N,), and runs what can be run.

        As soon as a batch is whole it runs, before what is less deep goes on. Raises InputError.
        """
        start, self.more = self.clock(), True
        count = len(images)
        if missing := self._rows(count) - count:
            images = torch.cat((images, images[-1:].expand(missing, *images.shape[1:])))
        places = torch.arange(count, device=images.device)
        nothing = torch.zeros(count, dtype=torch.double, device=images.device)
        yield from self._send(0, Group(numbers, nothing, places, (images,)), start)

    def drain(self) -> Iterator[Answers]:
        """Runs all that waits, through to the end. Raises InputError."""
        self.more = False
        for exit, waiting in enumerate(self.waiting):
            if waiting.count:
                yield from self._advance(exit)

    def _advance(self, exit: int) -> Iterator[Answers]:
        """Sends those who wait before a section through it."""
        start, waiting = self.clock(), self.waiting[exit]
        yield from self._send(exit, waiting.take(self._rows(waiting.count)), start)

    def _send(self, exit: int, group: Group, start: float) -> Iterator[Answers]:
        """Runs a section, which began at `start`, and sees to those who go on."""
        answers, onward = self._run(exit, group)
        self._charge(start, answers.seconds, *([] if onward is None else [onward.seconds]))
        yield answers
        if onward is not None:
            pays = self._passes(exit + 1, onward)
            yield from self._send(exit + 1, onward, self.clock()) if pays else self._keep(exit + 1, onward)

    def _keep(self, exit: int, group: Group | None) -> Iterator[Answers]:
        """Has images wait before a section, which runs whenever they fill a batch.

        Where there is no room for some, they stay in the state that the section before left; it doesn't run meanwhile.
        """
        waiting = self.waiting[exit]
        while group is not None:
            start = self.clock()
            kept, group = waiting.put(group)
            self._charge(start, kept)
            if waiting.count == self.batch_size:
                before, self.more = self.more, self.more or group is not None
                yield from self._advance(exit)
                self.more = before

    def _run(self, exit: int, group: Group) -> tuple[Answers, Group | None]:
        """Runs a section: those who leave, and those who go on to the next, if any do."""
        logits, state = self.sections[exit](*group.state)
        logits = group.theirs(_classes(logits))
        confidences = self.policy.confidences(logits, exit)
        stops = self.policy.stops(confidences, exit)
        leaving, staying = (rows.nonzero().squeeze(1) for rows in (stops, ~stops))
        left, sure = group.some(leaving, ()), confidences.index_select(0, leaving)
        index = logits.index_select(0, leaving).argmax(1)
        answers = Answers(left.numbers, index, sure, torch.full_like(leaving, exit), left.seconds)
        return answers, group.some(staying, state) if len(staying) else None

    def _passes(self, exit: int, group: Group) -> bool:
        """Whether images go on to a section as they are, rather than to be gathered before it."""
        count, rows = len(group.numbers), len(group.state[0])
        alone = not self.more and not any(waiting.count for waiting in self.waiting[: exit + 1])
        if self.times is None:
            return rows == self._rows(count) and (alone or count == self.batch_size)
        seconds = self.times.seconds
        whole = seconds(exit, self.batch_size) * count / self.batch_size
        gathered = self.times.gathers[exit] * count + (seconds(exit, self._rows(count)) if alone else whole)
        return seconds(exit, rows) <= gathered

    def _charge(self, start: float, *seconds: Tensor) -> None:
        """Divides the time since `start` among images, to the seconds of each of whom it is added."""
        finish(seconds[0])
        share = (self.clock() - start) / sum(map(len, seconds))
        for each in seconds:
            each += share

    def _rows(self, count: int) -> int:
        return min(size(count, self.step), self.batch_size)


def size(images: int, step: int) -> int:
    """How many images a section is given where so many come: the next multiple of `step`, or power of 2 below it."""
    return -(-images // step) * step if images > step else min(step, 1 << (images - 1).bit_length())


def _classes(logits: Tensor) -> Tensor:
    """Logits as they came, if they are for classes. Raises InputError."""
    if logits.dim() != 2:
        raise InputError(f"Early exit needs a class from every exit, and one gives maps: {tuple(logits.shape)}.")
    return logits
