"""Easy and hard images: which leave early, and which need the last exit (MSDNet, figure 9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.training.evaluation.results import Evaluation, PolicyResult


@dataclass(frozen=True)
class Example:
    """A test image, by its number, with what was answered at an exit, by its number, and how surely."""

    image: int
    truth: str
    answer: str
    confidence: float
    exit: int

    @property
    def right(self) -> bool:
        return self.answer == self.truth


@dataclass(frozen=True)
class Contrast:
    """Easy and hard images of one exit, or of one class."""

    name: str
    easy: tuple[Example, ...]
    hard: tuple[Example, ...]


def by_class(evaluation: Evaluation, count: int) -> tuple[Contrast, ...]:
    """Of every class images that the first exit gets right, and such that the last gets right and the first doesn't.

    The easy ones are those that the first exit is surest of. Of the hard ones those come first that the fewest exits
    get right, and of the classes those that have the most of them.
    """
    right, labels = evaluation.scores.right, evaluation.scores.labels
    last = len(right) - 1
    hard = right[-1] & ~right[0]
    contrasts = []
    for number, name in enumerate(evaluation.subject.data.classes):
        inside = labels == number
        easy_ones = _surest(evaluation, inside & right[0], 0)
        hard_ones = sorted(_surest(evaluation, inside & hard, last), key=right.sum(0).tolist().__getitem__)
        easy, difficult = _examples(evaluation, easy_ones, 0, count), _examples(evaluation, hard_ones, last, count)
        contrasts.append((len(hard_ones), Contrast(name, tuple(easy), tuple(difficult))))
    return tuple(contrast for _, contrast in sorted(contrasts, key=lambda pair: -pair[0]))


def by_exit(evaluation: Evaluation, result: PolicyResult, count: int) -> tuple[Contrast, ...]:
    """Of the images that stop at each exit under a policy, those it is surest of and those it is least sure of."""
    contrasts = []
    for exit, name in enumerate(evaluation.subject.exits):
        order = _surest(evaluation, result.exits == exit, exit)
        half = (len(order) + 1) // 2  # no image is both
        easy = _examples(evaluation, order[:half], exit, count)
        hard = _examples(evaluation, reversed(order[half:]), exit, count)
        contrasts.append(Contrast(name, tuple(easy), tuple(hard)))
    return tuple(contrasts)


def _surest(evaluation: Evaluation, chosen: Tensor, exit: int) -> list[int]:
    """The chosen images, those first that an exit is surest of."""
    # Logarithms tell apart what rounds to a probability of 1.
    confidence = evaluation.scores.logits[exit].double().log_softmax(-1).amax(-1)
    order = torch.argsort(confidence, descending=True, stable=True)
    return [image for image in order.tolist() if chosen[image]]


def _examples(evaluation: Evaluation, images: Iterable[int], exit: int, count: int) -> Iterator[Example]:
    classes = evaluation.subject.data.classes
    for image, _ in zip(images, range(count), strict=False):
        probabilities = evaluation.scores.logits[exit, image].double().softmax(-1)
        confidence, answer = probabilities.max(-1)
        truth = classes[int(evaluation.scores.labels[image])]
        yield Example(image, truth, classes[int(answer)], confidence.item(), exit)
