"""Images with their masks, a class for every pixel: read, resized alike, held against the classes that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import Shape, as_tensor, converted
from msdl.training.data.collection import Collection, Masks, Pictures
from msdl.training.data.parts import names_of
from msdl.training.data.pictures import readable

MODES = ("L", "P")
LOSSY = "JPEG"


@dataclass(frozen=True)
class Masked:
    """Images with masks, decoded and stretched to `shape` when they are asked for; a mask takes the nearest pixel.

    `numbers` are theirs among the source's pictures.
    """

    names: tuple[str, ...]
    pictures: Pictures
    masks: Masks
    numbers: Tensor
    shape: Shape
    classes: int
    ignored: int

    @property
    def labels(self) -> None:
        return None

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int, /) -> tuple[Tensor, Tensor]:
        channels, height, width = self.shape
        with readable(self.names[index]):
            picture = converted(self.picture(index), channels)
        mask = self.mask(index)
        if mask.size != picture.size:
            sizes = (f"{one.width} x {one.height} pixels" for one in (mask, picture))
            raise InputError(f"{self._called(index)} has {', and its image '.join(sizes)}.", MEND)
        pixels = as_tensor(picture.resize((width, height), Image.Resampling.BILINEAR))
        return pixels, as_tensor(mask.resize((width, height), Image.Resampling.NEAREST))[0]

    def picture(self, index: int, /) -> Image.Image:
        """As the source has it. Raises InputError."""
        return self.pictures[int(self.numbers[index])]

    def mask(self, index: int) -> Image.Image:
        """As the source has it, with classes that there are. Raises InputError."""
        mask = self.masks.pictures[int(self.numbers[index])]
        if mask.mode not in MODES:
            raise InputError(f"{self._called(index)} is a picture of mode {mask.mode}, and no mask.", FORM)
        if mask.format == LOSSY:
            raise InputError(f"{self._called(index)} is a JPEG, which blurs the numbers of classes.", FORM)
        present = (value for value, count in enumerate(mask.histogram()) if count)
        for value in (value for value in present if value >= self.classes and value != self.ignored):
            raise InputError(
                f"{self._called(index)} has a pixel of class {value}; classes are from 0 to {self.classes - 1}, "
                f"and {self.ignored} is ignored.",
                f"{MEND}; --ignore-index says which number doesn't count",
            )
        return mask

    def check(self, index: int, /) -> None:
        """Raises InputError where it is seen, before it is decoded, that it can't be."""
        self.pictures.check(int(self.numbers[index]))
        self.masks.pictures.check(int(self.numbers[index]))

    def _called(self, index: int) -> str:
        return f"'{self.masks.names[int(self.numbers[index])]}'"


MEND = "mend it or take it out"
FORM = "a mask is a PNG in grey or with a palette (mode L or P), whose values are numbers of classes"


def masked(collection: Collection, numbers: Sequence[int], shape: Shape, ignored: int) -> Masked:
    """Some of a source's images with their masks, by their numbers."""
    assert collection.masks is not None
    names, chosen = names_of(collection, numbers), torch.tensor(numbers)
    classes = len(collection.classes)
    return Masked(names, collection.pictures, collection.masks, chosen, shape, classes, ignored)
