"""Budgeted batch classification: an image whose exit is sure enough leaves its batch and is computed no further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from typing import overload

import torch
from torch import Tensor, nn

from msdl.runtime.engines import Engine, as_engine
from msdl.runtime.policy import Policy
from msdl.runtime.queues import Answers, Queues, nobody

# Batches that may be read after the first image that still has no answer: a hard image waits for others like it, and
# the answers behind it wait for its own.
AHEAD = 16


@dataclass(frozen=True, slots=True)
class Answer:
    """An image's class and the exit that said so, both counted from 0, and how sure that exit was.

    `seconds` is the image's part of the computing: the time of every section that it went through, and of sorting out
    who goes on, divided by the images that went with it. Over all images they add up to what all took.
    """

    index: int
    confidence: float
    exit: int
    seconds: float


@overload
def classify(
    network: Engine | nn.Module, images: Iterable[Tensor], policy: Policy, *, batch_size: int = 256
) -> Iterator[Answer]: ...


@overload
def classify(
    network: Engine | nn.Module, images: Iterable[Tensor | None], policy: Policy, *, batch_size: int = 256
) -> Iterator[Answer | None]: ...


def classify(
    network: Engine | nn.Module, images: Iterable[Tensor | None], policy: Policy, *, batch_size: int = 256
) -> Iterator[Answer | None]:
    """Answers for images (C, H, W), normalised, in their order; where there is None for an image, None.

    Images that no exit is sure of yet wait until they fill a batch again, so that sections run on whole batches
    however few go on. What is held is bounded, however many images come: less than two batches before a section, and
    answers for at most 16 batches that wait for one before them.

    The policy is for the model's exits, or for the first of them: then the last that it names ends the work, and what
    lies behind isn't computed. Raises InputError.
    """
    engine = as_engine(network)
    queues = Queues(engine, policy, batch_size)
    ready = InOrder()
    remaining = enumerate(images)
    while batch := dict(islice(remaining, batch_size)):
        there = {number: image for number, image in batch.items() if image is not None}
        ready.known.update(dict.fromkeys(batch.keys() - there.keys()))
        with engine.running():
            if there:
                together = torch.stack([*there.values()])
                ready.take(queues.push(together, torch.tensor([*there], device=together.device)))
            if max(batch) - ready.first >= AHEAD * batch_size:
                ready.take(queues.drain())
        yield from ready.given()
    with engine.running():
        ready.take(queues.drain())
    yield from ready.given()


def route(network: Engine | nn.Module, images: Tensor, policy: Policy, *, batch_size: int = 256) -> Answers:
    """The same for images (N, C, H, W) that are all there, as tensors in their order. Raises InputError."""
    engine = as_engine(network)
    queues = Queues(engine, policy, batch_size)
    numbers = torch.arange(len(images), device=images.device)
    left = [nobody(images.device)]
    with engine.running():
        for start in range(0, len(images), batch_size):
            left += queues.push(images[start : start + batch_size], numbers[start : start + batch_size])
        left += queues.drain()
        order = torch.cat([answers.numbers for answers in left]).argsort()
        columns = (torch.cat([getattr(answers, each.name) for answers in left])[order] for each in fields(Answers))
        return Answers(*columns)


def warm_up(network: Engine | nn.Module, policy: Policy) -> None:
    """Classifies one image for nothing: what torch sets up is then charged to none that counts. Raises InputError."""
    engine = as_engine(network)
    route(engine, engine.blank(), Policy.to_the_last(policy.exits))


class InOrder:
    """Answers as they come, given on in the order of the images. `first` is the first image that has none yet."""

    def __init__(self) -> None:
        self.first = 0
        self.known: dict[int, Answer | None] = {}

    def take(self, groups: Iterable[Answers]) -> None:
        """Keeps answers, in whatever order, until they can be given."""
        for left in groups:
            columns = (left.index, left.confidence, left.exit, left.seconds)
            answers = (Answer(*row) for row in zip(*(column.tolist() for column in columns), strict=True))
            self.known.update(zip(left.numbers.tolist(), answers, strict=True))

    def given(self) -> Iterator[Answer | None]:
        """The answers from `first` on, up to the next image that has none; they are kept no longer."""
        while self.first in self.known:
            self.first += 1
            yield self.known.pop(self.first - 1)
