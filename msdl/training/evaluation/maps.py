"""Networks whose exits are maps, judged on test images with masks: mean IoU, pixel accuracy, MACs and measured time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import torch
from torch import Tensor

from msdl.runtime.maps import View, classes
from msdl.runtime.sections import inference, outputs
from msdl.training.evaluation.latency import Timed, every_exit, interleaved, passes_for
from msdl.training.evaluation.results import Measuring
from msdl.training.evaluation.subject import Subject
from msdl.training.overlap import ious, miou, overlaps, pixel_accuracy
from msdl.training.scores import batches
from msdl.training.views import centre, fitted

BATCH = 8
SMALL = 32 * 32  # pixels; a larger image counts as several, where it is decided how often all are gone through


@dataclass(frozen=True)
class MapResult:
    """An exit that answers for every pixel: its quality, the lazy MACs and the milliseconds an image up to it.

    `ious` has an intersection over union for each class, None for one that is neither told nor in a mask.
    """

    name: str
    miou: float
    accuracy: float
    ious: tuple[float | None, ...]
    macs: int
    ms: float


@dataclass(frozen=True)
class MapEvaluation:
    """All that was found out about one subject; `overlaps` (K exits, N images, 3, C) are those of the test images."""

    subject: Subject
    measuring: Measuring
    overlaps: Tensor
    exits: tuple[MapResult, ...]

    @property
    def name(self) -> str:
        return self.subject.name

    @property
    def last(self) -> MapResult:
        return self.exits[-1]

    def as_json(self) -> dict[str, Any]:
        """`macs` are lazy, of one image; mIoU, IoUs and accuracies are from 0 to 1."""
        names = self.subject.data.classes
        exits = [{**vars(exit), "ious": dict(zip(names, exit.ious, strict=True))} for exit in self.exits]
        return {"run": self.name, **self.measuring.as_json(), "exits": exits}


def evaluate_maps(subjects: Sequence[Subject], *, batch_size: int = BATCH) -> tuple[MapEvaluation, ...]:
    """Evaluates networks side by side on the test images that they share. Raises InputError."""
    images = len(subjects[0].data.test)
    pixels = prod(subjects[0].data.preprocessing.shape[1:])
    passes = passes_for(images * max(1, pixels // SMALL))
    measuring = Measuring(images, batch_size, passes, torch.get_num_threads())
    timings = [every_exit(subject.model, batch_size) for subject in subjects]
    counts: list[list[Tensor]] = [[] for _ in subjects]
    seconds = [torch.zeros(len(subject.exits), dtype=torch.float64) for subject in subjects]
    for number, rows in enumerate(_shared_batches(subjects, batch_size)):
        pairs = [(timing, batch) for timing, (batch, _) in zip(timings, rows, strict=True)]
        timed = interleaved(pairs, passes, warm_up=number == 0)
        for index, (subject, found, (_, masks)) in enumerate(zip(subjects, timed, rows, strict=True)):
            counts[index].append(_overlaps(subject, found, masks))
            seconds[index] += torch.tensor(found.seconds, dtype=torch.float64)
    return tuple(
        _evaluation(subject, measuring, torch.cat(found, 1), (1000 / images * spent).tolist())
        for subject, found, spent in zip(subjects, counts, seconds, strict=True)
    )


def _shared_batches(subjects: Sequence[Subject], size: int) -> Iterator[list[tuple[Tensor, Tensor]]]:
    """The same images as each subject reads them, normalised, with their masks."""
    for rows in zip(*(batches(subject.data.test, size) for subject in subjects), strict=True):
        yield [
            (subject.data.preprocessing.normalised(pixels), masks)
            for subject, (pixels, masks) in zip(subjects, rows, strict=True)
        ]


def _overlaps(subject: Subject, timed: Timed, masks: Tensor) -> Tensor:
    """Of every exit and image of a batch: (K, N, 3, C)."""
    views, count, ignored = _views(subject), len(subject.data.classes), ignored_by(subject)
    logits = fitted([each.float() for each in timed.results], views)
    return torch.stack(
        [
            overlaps(each.argmax(1), centre(masks, view), count, ignored)
            for each, view in zip(logits, views, strict=True)
        ]
    )


def _evaluation(subject: Subject, measuring: Measuring, counts: Tensor, ms: Sequence[float]) -> MapEvaluation:
    of_exits = counts.sum(1)
    columns = zip(
        subject.exits,
        miou(of_exits).tolist(),
        pixel_accuracy(of_exits).tolist(),
        (_without_nan(each) for each in ious(of_exits)),
        subject.macs,
        ms,
        strict=True,
    )
    return MapEvaluation(subject, measuring, counts, tuple(MapResult(*column) for column in columns))


def _without_nan(values: Tensor) -> tuple[float | None, ...]:
    return tuple(None if value != value else value for value in values.tolist())


def ignored_by(subject: Subject) -> int:
    """The number, in masks, of pixels that don't count."""
    assert subject.data.masking is not None
    return subject.data.masking.ignored


def _views(subject: Subject) -> tuple[View, ...]:
    assert subject.views is not None
    return subject.views


def answers(subject: Subject, image: int) -> tuple[Tensor, ...]:
    """The classes (H, W), 8 bits, that each exit tells on a test image; `VOID` where its view doesn't reach."""
    pixels, _ = subject.data.test[image]
    with inference(subject.model):
        maps = [*outputs(subject.model, subject.data.preprocessing.normalised(pixels[None]))]
    shape = subject.data.preprocessing.shape
    return tuple(classes(logits[0], view, shape) for logits, view in zip(maps, _views(subject), strict=True))
