"""A class for every pixel: how exits whose outputs are maps are trained to tell it, and what they get right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torchmetrics import MeanMetric

from msdl.runtime.maps import View
from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.loss import distillation
from msdl.training.metrics import ACCURACY, LOSS, MIOU
from msdl.training.objective import Measured
from msdl.training.options import Options
from msdl.training.overlap import Overlaps, miou, pixel_accuracy
from msdl.training.views import centre, fitted


class OfPixels(nn.Module):
    """Logits (N, C, h, w), one tensor an exit, held against masks (N, H, W) of 8 bits: each in its own view."""

    headline = MIOU

    def __init__(self, exits: Sequence[str], classes: int, options: Options, views: Sequence[View]) -> None:
        super().__init__()
        self.exits, self.options, self.views = exits, options, views
        self.distort = AUGMENTATIONS[options.augment].with_masks
        self.overlaps = tuple(Overlaps(classes, options.ignore_index) for _ in exits)
        self.means = tuple(MeanMetric(nan_strategy="disable") for _ in exits)
        self.metrics = nn.ModuleList([*self.overlaps, *self.means])  # what moves to a device with this

    def augmented(self, pixels: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        return (pixels, target) if self.distort is None else self.distort(pixels, target, self.options.ignore_index)

    def mixed(self, images: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        return images, target

    def losses(self, outputs: Sequence[Tensor], target: Tensor) -> Tensor:
        """The mean over the pixels that count, and 0 where none does."""
        logits = [each.float() for each in fitted(outputs, self.views)]
        masks = [centre(target, view) for view in self.views]
        losses = torch.stack([self._loss(*pair) for pair in zip(logits, masks, strict=True)])
        if not self.options.distil or len(logits) == 1:
            return losses
        weight = self.options.distil
        lessons = torch.stack([self._lesson(each, logits[-1], masks[-1]) for each in logits[:-1]])
        return torch.cat([(1 - weight) * losses[:-1] + weight * lessons, losses[-1:]])

    def _loss(self, logits: Tensor, masks: Tensor, smoothing: float | None = None) -> Tensor:
        total = cross_entropy(
            logits,
            masks.long(),
            ignore_index=self.options.ignore_index,
            label_smoothing=self.options.label_smoothing if smoothing is None else smoothing,
            reduction="sum",
        )
        return total / self._known(masks)

    def _known(self, masks: Tensor) -> Tensor:
        return (masks != self.options.ignore_index).sum().clamp(min=1)

    def _lesson(self, student: Tensor, teacher: Tensor, masks: Tensor) -> Tensor:
        """What the last exit says of the pixels that count."""
        known = masks != self.options.ignore_index
        if not known.any():
            return student.sum() * 0
        said, right = (logits.movedim(1, -1)[known] for logits in (student, teacher))
        return distillation(said, right, self.options.distil_temperature)

    def validate(self, outputs: Sequence[Tensor], target: Tensor) -> None:
        logits = fitted([each.float() for each in outputs], self.views)
        for each, view, overlap, mean in zip(logits, self.views, self.overlaps, self.means, strict=True):
            masks = centre(target, view)
            overlap.update(each.argmax(1), masks)
            mean.update(self._loss(each, masks, smoothing=0.0), self._known(masks))

    def measured(self) -> Measured:
        counts = [overlap.compute() for overlap in self.overlaps]
        found = {
            LOSS: [mean.compute() for mean in self.means],
            ACCURACY: [pixel_accuracy(each) for each in counts],
            MIOU: [miou(each) for each in counts],
        }
        for metric in (*self.overlaps, *self.means):
            metric.reset()
        return {kind: dict(zip(self.exits, map(float, of), strict=True)) for kind, of in found.items()}
