"""Where a source's pictures lie: in memory, or in files that are decoded when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.pictures import decoded, opened, reason


@dataclass(frozen=True)
class Raster:
    """Pictures in memory: N x C x H x W, 8 bits, in grey or in colour."""

    pixels: Tensor

    def __getitem__(self, index: int, /) -> Image.Image:
        return as_picture(self.pixels[index])

    def check(self, index: int, /) -> None:
        """Nothing can be wrong with them."""


@dataclass(frozen=True)
class Files:
    """Pictures in files below a folder."""

    folder: Path
    names: tuple[str, ...]

    def __getitem__(self, index: int, /) -> Image.Image:
        path = self.folder / self.names[index]
        with readable(str(path)):
            return decoded(path)

    def check(self, index: int, /) -> None:
        path = self.folder / self.names[index]
        with readable(str(path)), opened(path):
            pass


def as_picture(pixels: Tensor) -> Image.Image:
    """The picture of pixels (C, H, W) of 8 bits with 1, 3 or 4 channels."""
    rows = pixels[0] if pixels.shape[0] == 1 else pixels.permute(1, 2, 0)
    return Image.fromarray(rows.contiguous().numpy())


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Names the picture that can't be read. Raises InputError for OSError."""
    try:
        yield
    except OSError as error:
        raise InputError(f"'{name}' can't be read as an image: {reason(error)}.", "mend it or take it out") from None
