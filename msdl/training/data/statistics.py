"""Mean and deviation of the training images, for normalisation."""

from __future__ import annotations

import torch
from torch import Tensor

from msdl.training.data.dataset import Images
from msdl.training.data.parts import Stored

SAMPLE = 5000  # images; the mean of so many pixels doesn't move any more
DIGITS = 6

Statistics = tuple[tuple[float, ...], tuple[float, ...]]


def statistics(images: Images, seed: int) -> Statistics:
    """Mean and deviation of every channel, of values from 0 to 1; the deviation of a constant one counts as 1.

    Of images that must be decoded, at most 5,000 are, chosen by the seed. Raises InputError.
    """
    if isinstance(images, Stored):
        return _of_histogram(_histogram(images.pixels.transpose(0, 1)))
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(len(images), generator=generator)[:SAMPLE].sort().values.tolist()
    return _of_histogram(torch.stack([_histogram(images[index][0]) for index in chosen]).sum(0))


def _histogram(pixels: Tensor) -> Tensor:
    """How often each channel has each value: (C, ..) of 8 bits -> (C, 256)."""
    return torch.stack([channel.flatten().bincount(minlength=256) for channel in pixels])


def _of_histogram(counts: Tensor) -> Statistics:
    values = torch.arange(256, dtype=torch.float64) / 255
    shares = counts.double() / counts.sum(1, keepdim=True)
    mean = shares @ values
    deviation = (shares * (values - mean[:, None]) ** 2).sum(1).sqrt()
    rounded = [[round(number, DIGITS) for number in numbers.tolist()] for numbers in (mean, deviation)]
    return tuple(rounded[0]), tuple(number or 1.0 for number in rounded[1])
