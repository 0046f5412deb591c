"""Images on their way through a network's sections: those that go on wait until they fill a batch again.

images -> section 1 -> [wait] -> section 2 -> [wait] -> .. -> section K
             |                      |                            |
           answers                answers                      answers
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.runtime.sections import Clock, finish
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

    The policy is for the engine's exits, or for the first of them. A section is given exactly the images that come to
    it; where they don't fill a batch, the last is repeated up to a multiple of the engine's `step`. Less than a batch
    waits before a section. Raises InputError.
    """

    def __init__(
        self,
        engine: Engine,
        policy: Policy,
        batch_size: int,
        clock: Clock = time.perf_counter,
    ) -> None:
        if batch_size < 1 or engine.step < 1:
            raise ValueError(f"{batch_size} images a batch, in steps of {engine.step}: both are at least 1")
        policy.insist_on(engine.exits)
        self.sections = engine.sections[: len(policy.exits)]
        self.policy = policy
        self.batch_size = batch_size
        self.step = engine.step
        self.clock = clock
        self.waiting = [Waiting(batch_size) for _ in self.sections]

    def push(self, images: Tensor, numbers: Tensor) -> Iterator[Answers]:
        """Takes up to a batch of images (N, C, H, W), normalised, with numbers (N,), and runs what can be run.

        After the first section, the deepest that has a whole batch before it goes first. Raises InputError.
        """
        start = self.clock()
        if missing := self._rows(len(images)) - len(images):
            images = torch.cat((images, images[-1:].expand(missing, *images.shape[1:])))
        answers, kept = self._run(0, Group(numbers, torch.zeros_like(numbers, dtype=torch.double), (images,)))
        self._charge(start, answers.seconds, kept)
        yield answers
        yield from self._whole_batches()

    def drain(self) -> Iterator[Answers]:
        """Runs all that waits, through to the end. Raises InputError."""
        for exit, waiting in enumerate(self.waiting):
            while waiting.count:
                yield self._advance(exit)
                yield from self._whole_batches()

    def _whole_batches(self) -> Iterator[Answers]:
        while full := [exit for exit, waiting in enumerate(self.waiting) if waiting.count >= self.batch_size]:
            yield self._advance(full[-1])

    def _advance(self, exit: int) -> Answers:
        """Runs a section on those that have waited longest before it."""
        start, waiting = self.clock(), self.waiting[exit]
        count = min(waiting.count, self.batch_size)
        answers, kept = self._run(exit, waiting.first(count, self._rows(count)))
        waiting.drop(count)
        self._charge(start, answers.seconds, kept)
        return answers

    def _run(self, exit: int, group: Group) -> tuple[Answers, Tensor]:
        """Runs a section: those who leave, and the seconds kept for those who wait before the next, yet to be charged.

        Nothing that is given lies in the room before the section.
        """
        logits, state = self.sections[exit](*group.state)
        logits = _classes(logits)[: len(group.numbers)]
        confidences = self.policy.confidences(logits, exit)
        stops = self.policy.stops(confidences, exit)
        leaving, staying = (rows.nonzero().squeeze(1) for rows in (stops, ~stops))
        kept = group.seconds[:0]
        if len(staying):
            kept = self.waiting[exit + 1].put(staying, replace(group, state=state))
        index, exits = logits[leaving].argmax(1), torch.full_like(leaving, exit)
        return Answers(group.numbers[leaving], index, confidences[leaving], exits, group.seconds[leaving]), kept

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
