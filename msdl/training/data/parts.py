"""The parts of a data set as they lie in memory or are decoded one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from msdl.runtime.preprocessing import Preprocessing
from msdl.training.data.collection import Collection, Pictures
from msdl.training.data.dataset import Images
from msdl.training.data.pictures import Raster, as_picture, readable

MEMORY = 1 << 30  # bytes that a part may take in memory


@dataclass(frozen=True)
class Stored:
    """Images in memory: pixels N x C x H x W of 8 bits, labels (N,)."""

    names: tuple[str, ...]
    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int, /) -> tuple[Tensor, int]:
        return self.pixels[index], int(self.labels[index])

    def picture(self, index: int, /) -> Image.Image:
        return as_picture(self.pixels[index])


@dataclass(frozen=True)
class Decoded:
    """Images that are decoded and resized when they are asked for; `numbers` are theirs among the source's pictures."""

    names: tuple[str, ...]
    pictures: Pictures
    numbers: Tensor
    labels: Tensor
    resized: Callable[[Image.Image], Tensor]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int, /) -> tuple[Tensor, int]:
        with readable(self.names[index]):
            return self.resized(self.picture(index)), int(self.labels[index])

    def picture(self, index: int, /) -> Image.Image:
        """As the source has it, neither resized nor cut. Raises InputError."""
        return self.pictures[int(self.numbers[index])]

    def check(self, index: int, /) -> None:
        """Raises InputError where it is seen, before it is decoded, that it can't be."""
        self.pictures.check(int(self.numbers[index]))


def part(collection: Collection, numbers: Sequence[int], preprocessing: Preprocessing) -> Stored | Decoded:
    """Some of a source's images, by their numbers; in memory where the source's are and there is room for them."""
    chosen, names = torch.tensor(numbers), names_of(collection, numbers)
    decoded = Decoded(names, collection.pictures, chosen, collection.labels[chosen], preprocessing.pixels)
    channels, height, width = preprocessing.shape
    if not isinstance(collection.pictures, Raster) or len(numbers) * channels * height * width > MEMORY:
        return decoded
    if collection.pictures.pixels.shape[1:] == preprocessing.shape:
        return Stored(names, collection.pictures.pixels[chosen], decoded.labels)
    return Stored(names, torch.stack([decoded[index][0] for index in range(len(decoded))]), decoded.labels)


def names_of(collection: Collection, numbers: Sequence[int]) -> tuple[str, ...]:
    return tuple(collection.names[number] for number in numbers)


def batch(images: Images, indices: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Some images of a part: pixels (N, C, H, W) of 8 bits and labels (N,) or masks (N, H, W)."""
    if isinstance(images, Stored):
        rows = list(indices)
        return images.pixels[rows], images.labels[rows]
    pairs = [images[index] for index in indices]
    return torch.stack([pixels for pixels, _ in pairs]), torch.stack([torch.as_tensor(target) for _, target in pairs])
