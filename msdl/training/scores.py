"""What every exit says about labelled images: all that evaluation and calibration need of a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from msdl.runtime.preprocessing import Preprocessing
from msdl.training.data.dataset import Images


@dataclass(frozen=True)
class Scores:
    """Logits (K exits, N images, C classes), float32, and labels (N,)."""

    logits: Tensor
    labels: Tensor

    @property
    def right(self) -> Tensor:
        """Whether each exit is right about each image: (K, N) booleans."""
        return self.logits.argmax(-1) == self.labels

    @property
    def accuracies(self) -> tuple[float, ...]:
        """The share of images that each exit is right about."""
        return tuple(self.right.double().mean(1).tolist())


def batches(images: Images, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Pixels (N, C, H, W) of 8 bits and labels (N,), in order."""
    for start in range(0, len(images), size):
        pairs = [images[index] for index in range(start, min(start + size, len(images)))]
        yield torch.stack([pixels for pixels, _ in pairs]), torch.tensor([label for _, label in pairs])


def scores(model: nn.Module, images: Images, preprocessing: Preprocessing, batch_size: int = 256) -> Scores:
    """Runs every exit of a model, in evaluation mode, over all images."""
    logits, labels = [], []
    model.eval()
    with torch.inference_mode():
        for pixels, right in batches(images, batch_size):
            logits.append(torch.stack(model(preprocessing.normalised(pixels))).float())
            labels.append(right)
    return Scores(torch.cat(logits, 1), torch.cat(labels))
