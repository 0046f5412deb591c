"""What every exit says about labelled images: all that evaluation and calibration need of a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from msdl.runtime.engines import Engine, as_engine
from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import Preprocessing
from msdl.training.data.dataset import Images
from msdl.training.data.parts import batch


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

    def part(self, images: Tensor) -> Scores:
        """Those of some of the images, by their numbers."""
        return Scores(self.logits[:, images], self.labels[images])

    def halves(self) -> tuple[Scores, Scores]:
        """The images in two halves, drawn with a fixed seed: one to fit temperatures to, one to certify a risk on."""
        order = torch.randperm(len(self.labels), generator=torch.Generator().manual_seed(0))
        one, other = (half.sort().values for half in order.tensor_split(2))
        return self.part(one), self.part(other)


def batches(images: Images, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Pixels (N, C, H, W) of 8 bits and labels (N,), in order."""
    for start in range(0, len(images), size):
        yield batch(images, range(start, min(start + size, len(images))))


def scores(network: Engine | nn.Module, images: Images, preprocessing: Preprocessing, batch_size: int = 256) -> Scores:
    """Runs every exit of a network, in evaluation mode, over all images."""
    engine = as_engine(network)
    logits, labels = [], []
    with engine.running():
        for pixels, right in batches(images, batch_size):
            logits.append(torch.stack([*engine.outputs(preprocessing.normalised(pixels))]).float())
            labels.append(right)
    return Scores(torch.cat(logits, 1), torch.cat(labels))


def insist_on_usable(scores: Scores) -> None:
    """Refuses scores from which no policy can be found. Raises InputError."""
    if not len(scores.labels):
        raise InputError("There are no validation images to calibrate with.")
    if not bool(scores.logits.isfinite().all()):
        raise InputError("The network puts out infinities or NaN for some validation images.")
