"""How answers for pixels and masks overlap, class by class: intersection over union, and pixel accuracy."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torchmetrics import Metric


def overlaps(answers: Tensor, masks: Tensor, classes: int, ignored: int) -> Tensor:
    """Of each image, by class, how many pixels are so in the answer and the mask, in the answer, and in the mask.

    Answers and masks (N, H, W) -> (N, 3, C), whole numbers. Pixels whose mask is `ignored` don't count.
    """
    known = masks != ignored
    image = torch.arange(len(masks), device=masks.device).view(-1, 1, 1).expand_as(masks)[known]
    told, true = answers[known].long(), masks[known].long()
    return torch.stack([_counts(image[told == true], true[told == true], len(masks), classes)] + [
        _counts(image, which, len(masks), classes) for which in (told, true)
    ], 1)  # fmt: skip


def _counts(image: Tensor, which: Tensor, images: int, classes: int) -> Tensor:
    return torch.bincount(image * classes + which, minlength=images * classes).view(images, classes)


def ious(counts: Tensor) -> Tensor:
    """Intersection over union of overlaps (.., 3, C): (.., C), NaN where a class is neither told nor true."""
    shared, told, true = counts.double().unbind(-2)
    return shared / (told + true - shared)


def miou(counts: Tensor) -> Tensor:
    """Mean IoU over the classes that are told or true, (..); 0 where no pixel counts.

    Long et al. (2015, section 5) call it mean IU.
    """
    return ious(counts).nanmean(-1).nan_to_num(0.0)


def pixel_accuracy(counts: Tensor) -> Tensor:
    """The share of the pixels that count whose class is told: (..)."""
    shared, _, true = counts.double().sum(-1).unbind(-1)
    return (shared / true).nan_to_num(0.0)


class Overlaps(Metric):
    """The overlaps (3, C) of all images seen, in all processes."""

    counts: Tensor

    def __init__(self, classes: int, ignored: int) -> None:
        super().__init__()
        self.classes, self.ignored = classes, ignored
        self.add_state("counts", torch.zeros(3, classes, dtype=torch.long), dist_reduce_fx="sum")

    def update(self, answers: Tensor, masks: Tensor) -> None:
        self.counts += overlaps(answers, masks, self.classes, self.ignored).sum(0)

    def compute(self) -> Any:
        return self.counts
