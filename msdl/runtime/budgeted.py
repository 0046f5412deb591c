"""Budgeted batch classification: an image whose exit is sure enough leaves its batch and is computed no further."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from typing import cast

import torch
from torch import Tensor, nn

from msdl.runtime.engines import Engine, as_engine
from msdl.runtime.errors import InputError
from msdl.runtime.intake import fault, finite, not_finite
from msdl.runtime.policy import Policy
from msdl.runtime.queues import Answers, Queues, nobody
from msdl.runtime.times import Times

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


def classify(
    network: Engine | nn.Module,
    images: Iterable[Tensor | InputError],
    policy: Policy,
    *,
    batch_size: int = 256,
    times: Times | None = None,
) -> Iterator[Answer | InputError]:
    """Answers for images (C, H, W), normalised, in their order.

    An image that the network can't read, by its shape, type or numbers, or to which it says what is no number, has an
    error in place of an answer, and so has one for which an error came; nothing else is lost. Images that no exit is
    sure of yet wait until they fill a batch again, so that sections run on whole batches however few go on; with
    `times` of the engine only where gathering them pays (see `Queues`).

    An image is asked for when answers are. What is held is bounded, however many images come: less than two batches
    before a section, and answers for at most 16 batches that wait for one before them.

    The policy is for the network's exits, or for the first of them: then the last that it names ends the work, and
    what lies behind isn't computed. Raises InputError.
    """
    engine = as_engine(network)
    queues = Queues(engine, policy, batch_size, times=times)
    ready = InOrder(engine.exits)
    remaining = enumerate(images)
    while batch := dict(islice(remaining, batch_size)):
        last = max(batch)
        with engine.running():
            numbers, together = _read(engine, batch, ready)
            if len(numbers):
                ready.take(queues.push(together, numbers))
            if last - ready.first >= AHEAD * batch_size:
                ready.take(queues.drain())
        del batch, together  # which the next batch would otherwise lie beside
        yield from ready.given()
    with engine.running():
        ready.take(queues.drain())
    yield from ready.given()


def _read(engine: Engine, batch: dict[int, Tensor | InputError], ready: InOrder) -> tuple[Tensor, Tensor]:
    """The numbers of images that can be read, (N,), and they themselves, (N, C, H, W); the others have their errors."""
    images: dict[int, Tensor] = {}
    for number, image in batch.items():
        error = image if isinstance(image, InputError) else fault(engine, image)
        if error is None:
            images[number] = cast("Tensor", image)
        else:
            ready.known[number] = error
    together = torch.stack([*images.values()]).to(engine.device) if images else engine.blank(0)
    numbers = torch.tensor([*images], dtype=torch.long, device=engine.device)
    good = finite(together)
    if good.all():
        return numbers, together
    ready.known.update({number: not_finite() for number in numbers[~good].tolist()})
    return numbers[good], together[good]


def route(
    network: Engine | nn.Module, images: Tensor, policy: Policy, *, batch_size: int = 256, times: Times | None = None
) -> Answers:
    """The same for images (N, C, H, W) that are all there and sound, as tensors in their order. Raises InputError."""
    engine = as_engine(network)
    queues = Queues(engine, policy, batch_size, times=times)
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

    def __init__(self, exits: tuple[str, ...]) -> None:
        self.exits = exits
        self.first = 0
        self.known: dict[int, Answer | InputError] = {}

    def take(self, groups: Iterable[Answers]) -> None:
        """Keeps answers, in whatever order, until they can be given."""
        for left in groups:
            columns = (left.numbers, left.index, left.confidence, left.exit, left.seconds)
            for number, *row in zip(*(column.tolist() for column in columns), strict=True):
                self.known[number] = self._checked(Answer(*row))

    def _checked(self, answer: Answer) -> Answer | InputError:
        if math.isfinite(answer.confidence):
            return answer
        return InputError(f"'{self.exits[answer.exit]}' gives what is not a number.")

    def given(self) -> Iterator[Answer | InputError]:
        """The answers from `first` on, up to the next image that has none; they are kept no longer."""
        while self.first in self.known:
            self.first += 1
            yield self.known.pop(self.first - 1)
