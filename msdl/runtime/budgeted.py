"""Budgeted batch classification: an image whose exit is sure enough leaves its batch and is computed no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice

import torch
from torch import Tensor, nn

from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.runtime.queues import STEP, Answers, Queues, nobody
from msdl.runtime.sections import Section, inference, names, sections

# Batches that may be read after the first image that still has no answer: a hard image waits for others like it, and
# the answers behind it wait for its own.
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """An image's class and the exit that said so, both counted from 0, and how sure that exit was.

    `seconds` is the image's part of the computing: the time of every section that it went through, divided by the
    images that went with it. Over all images they add up to what all took.
    """

    index: int
    confidence: float
    exit: int
    seconds: float


def classify(
    model: nn.Module, images: Iterable[Tensor], policy: Policy, *, batch_size: int = 256, step: int = STEP
) -> Iterator[Answer]:
    """Answers for images (C, H, W), normalised, in their order.

    Images that no exit is sure of yet wait until they fill a batch again, so that sections run on whole batches
    however few go on. What is held is bounded, however many images come: less than two batches before a section, and
    answers for at most 16 batches that wait for one before them.

    The policy is for the model's exits, or for the first of them: then the last that it names ends the work, and what
    lies behind isn't computed. Raises InputError.
    """
    queues = Queues(chosen(model, policy), policy, batch_size, step)
    ready = InOrder()
    remaining = iter(images)
    while batch := [*islice(remaining, batch_size)]:
        with inference(model):
            ready.take(queues.push(torch.stack(batch)))
            if queues.came - ready.first > AHEAD * batch_size:
                ready.take(queues.drain())
        yield from ready.given()
    with inference(model):
        ready.take(queues.drain())
    yield from ready.given()


def route(model: nn.Module, images: Tensor, policy: Policy, *, batch_size: int = 256, step: int = STEP) -> Answers:
    """The same for images (N, C, H, W) that are all there, as tensors in their order. Raises InputError."""
    queues = Queues(chosen(model, policy), policy, batch_size, step)
    left = [nobody(images.device)]
    with inference(model):
        for start in range(0, len(images), batch_size):
            left += queues.push(images[start : start + batch_size])
        left += queues.drain()
        order = torch.cat([answers.numbers for answers in left]).argsort()
        columns = (torch.cat([getattr(answers, each.name) for answers in left])[order] for each in fields(Answers))
        return Answers(*columns)


def chosen(model: nn.Module, policy: Policy) -> tuple[Section, ...]:
    """The sections up to the last exit that the policy names. Raises InputError."""
    exits = names(model)
    if policy.exits != exits[: len(policy.exits)]:
        asked, there = ", ".join(policy.exits), ", ".join(exits)
        raise InputError(f"The policy is for exits {asked}; the network has {there}.")
    return sections(model)[: len(policy.exits)]


class InOrder:
    """Answers as they come, given on in the order of the images. `first` is the first image that has none yet."""

    def __init__(self) -> None:
        self.first = 0
        self.known: dict[int, Answer] = {}

    def take(self, groups: Iterable[Answers]) -> None:
        for left in groups:
            columns = (left.index, left.confidence, left.exit, left.seconds)
            answers = (Answer(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
            self.known.update(zip(left.numbers.tolist(), answers, strict=True))

    def given(self) -> Iterator[Answer]:
        while self.first in self.known:
            self.first += 1
            yield self.known.pop(self.first - 1)
