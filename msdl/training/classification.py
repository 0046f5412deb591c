"""A class for every image: how exits are trained to tell it, and what they get right."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torchmetrics import MeanMetric
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.wrappers import MultitaskWrapper

from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.loss import exit_losses, mixed
from msdl.training.metrics import ACCURACY, LOSS
from msdl.training.objective import Measured
from msdl.training.options import Options


class OfImages(nn.Module):
    """Logits (N, C), one tensor an exit, held against classes (N,)."""

    headline = ACCURACY

    def __init__(self, exits: Sequence[str], classes: int, options: Options) -> None:
        super().__init__()
        self.exits, self.classes, self.options = exits, classes, options
        self.distort = AUGMENTATIONS[options.augment].batch
        self.accuracies = MultitaskWrapper({exit: MulticlassAccuracy(classes, average="micro") for exit in exits})
        self.means = MultitaskWrapper({exit: MeanMetric(nan_strategy="disable") for exit in exits})

    def augmented(self, pixels: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        return pixels if self.distort is None else self.distort(pixels), target

    def mixed(self, images: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        return mixed(images, target, self.classes, self.options.mixup) if self.options.mixup else (images, target)

    def losses(self, outputs: Sequence[Tensor], target: Tensor) -> Tensor:
        return exit_losses(outputs, target, self.options)

    def validate(self, outputs: Sequence[Tensor], target: Tensor) -> None:
        logits = dict(zip(self.exits, outputs, strict=True))
        losses = {exit: cross_entropy(each.float(), target) for exit, each in logits.items()}
        self.accuracies.update(logits, dict.fromkeys(self.exits, target))
        self.means.update(losses, dict.fromkeys(self.exits, torch.tensor(len(target))))

    def measured(self) -> Measured:
        found = {
            kind: {exit: float(value) for exit, value in metric.compute().items()}
            for kind, metric in ((LOSS, self.means), (ACCURACY, self.accuracies))
        }
        self.means.reset()
        self.accuracies.reset()
        return found
