"""The images that a benchmark runs on: held-out ones of a run, or noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.opened import Opened
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import Run

RANDOM = "random"
IMAGES = 2048
MEMORY = 1 << 29  # bytes of images that lie ready; where they are too few, they come again


@dataclass(frozen=True)
class Benched:
    """Images (N, C, H, W), normalised, on the CPU; `name` says what they are.

    `held_out`: they are pictures that no weight was trained on. If they aren't, `reason` may say why.
    """

    pixels: Tensor
    name: str
    held_out: bool = False
    reason: str = ""

    def first(self, count: int) -> Tensor:
        """So many images; where there are fewer, they come again."""
        return self.pixels[torch.arange(count) % len(self.pixels)]


def noise(shape: tuple[int, int, int], count: int, reason: str = "") -> Benched:
    """Images of standard normal noise, the same every time."""
    return Benched(torch.randn(count, *shape, generator=torch.Generator().manual_seed(0)), RANDOM, reason=reason)


def benched(opened: Opened, asked: int | None, largest: int, data: str | None = None) -> Benched:
    """Test images of a run, or of what `data` names; noise where there are none.

    They are as many as were asked for, 2,048 if nobody said, or as many as there is room for in memory; at least the
    largest batch.

    That a run's images have gone is no reason to fail: only its own mix needs them. Raises InputError where images
    were asked for, with `data`, and can't be had.
    """
    shape = opened.engine.shape
    count = max(largest, min(asked or IMAGES, MEMORY // (math.prod(shape) * torch.float32.itemsize)))
    if data is None and opened.kind != "run":
        return noise(shape, count)
    if opened.kind != "run" and opened.maps is not None:
        raise InputError(f"'{opened.source}' puts out maps, whose times don't depend on images.", "leave out --data")
    if opened.preprocessing is None:
        raise InputError(f"'{opened.source}' was never trained: there are no images for it.", "leave out --data")
    try:
        return _held_out(opened, opened.preprocessing, count, data)
    except (InputError, ModuleNotFoundError) as error:
        if data is not None:
            raise
        return noise(shape, count, f"its test images can't be had: {str(error).rstrip('.')}")


def _held_out(opened: Opened, preprocessing: Preprocessing, count: int, data: str | None) -> Benched:
    """Raises InputError."""
    from msdl.training.data import open_data, reopened
    from msdl.training.data.parts import batch

    if opened.kind == "run":
        found = reopened(Run.read(opened.source), data)
    else:
        classes = None if opened.classes is None else len(opened.classes)
        mean, std = preprocessing.mean, preprocessing.std
        found = open_data(data or "", preprocessing.shape, classes, mean=mean, std=std)
    if not len(found.test):
        raise InputError(f"'{found.source}' has no test images.")
    pixels, _ = batch(found.test, range(min(count, len(found.test))))
    return Benched(preprocessing.normalised(pixels), f"test images of '{found.source}'", held_out=True)
