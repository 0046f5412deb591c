"""Labelled images, split for training, validation and test: what every source of data gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PIL import Image
from torch import Tensor

from msdl.runtime.preprocessing import Preprocessing
from msdl.training.data.request import Masking

# The number of an image's class, or those of its pixels: (H, W), 8 bits.
Target = int | Tensor


class Images(Protocol):
    """A part of a data set: labelled images, decoded when they are asked for, the same at every time.

    `names` tell a person which image is which: a path, `digits/17`. `labels` (N,) are the numbers of their classes,
    None where every pixel has a class of its own.
    """

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def labels(self) -> Tensor | None: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> tuple[Tensor, Target]:
        """Pixels (C, H, W) of 8 bits, in the network's input shape, and the class or the mask. Raises InputError."""
        ...

    def picture(self, index: int, /) -> Image.Image:
        """The image before it was resized or cut, as far as it is kept so. Raises InputError."""
        ...


@dataclass(frozen=True)
class Splits:
    """Which of a source's images, by their numbers in its order, each part has, and how that was found.

    `digest` tells whether the source still has the same images.
    """

    seed: int
    digest: str
    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


@dataclass(frozen=True)
class Dataset:
    """`source` is what `--data` had; the parts share no image, and are the same for the same seed.

    With `masking` images have masks.
    """

    source: str
    classes: tuple[str, ...]
    train: Images
    validation: Images
    test: Images
    preprocessing: Preprocessing
    splits: Splits
    masking: Masking | None = None
    image_column: str = ""
