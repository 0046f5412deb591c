"""Masks as files: what class every pixel of a picture has, as PNGs with a palette."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import torch
from PIL import Image, PngImagePlugin
from torch import Tensor

from msdl import files
from msdl.runtime.errors import InputError
from msdl.runtime.maps import VOID
from msdl.runtime.pictures import opened
from msdl.runtime.preprocessing import Box

OURS = ("Software", "msdl")  # a PNG's word for what wrote it


@cache
def palette() -> bytes:
    """Red, green and blue of 256 classes, as PASCAL VOC's: class 0 is black.

    Of a class's number every third bit, from the lowest, is one of red, and so on; they fill a colour from its highest.
    """
    colours = bytearray()
    for number in range(256):
        for first in range(3):
            bits = (number >> (3 * place + first) & 1 for place in range(3))
            colours.append(sum(bit << (7 - place) for place, bit in enumerate(bits)))
    return bytes(colours)


def painted(classes: Tensor, size: tuple[int, int], seen: Box) -> Image.Image:
    """The mask of a picture of a width and a height: each pixel has the class that is nearest in classes (H, W).

    They are of the part of the picture that is `seen`; around it there is no class.
    """
    left, top, right, bottom = map(round, seen)
    height, width = classes.shape
    part = Image.frombytes("P", (width, height), classes.contiguous().numpy().tobytes())
    mask = Image.new("P", size, VOID)
    mask.putpalette(palette())
    mask.paste(part.resize((max(right - left, 1), max(bottom - top, 1)), Image.Resampling.NEAREST), (left, top))
    return mask


def write(mask: Image.Image, path: Path) -> None:
    """Writes a PNG. Raises InputError, also where a file is that isn't a mask of ours: it could be a picture."""
    content, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text(*OURS)
    mask.save(content, "PNG", pnginfo=info)
    try:
        if path.exists() and not _ours(path):
            raise InputError(f"'{path}' exists, and is not a mask that msdl wrote.")
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, content.getvalue())
    except OSError as error:
        raise InputError(f"'{path}' can't be written: {error.strerror or error}.") from None


def _ours(path: Path) -> bool:
    try:
        with opened(path) as picture:
            name, value = OURS
            return picture.info.get(name) == value
    except OSError:
        return False


def shares(mask: Image.Image, count: int) -> list[float]:
    """The share of each of so many classes in the pixels that have one."""
    found = torch.tensor(mask.histogram()[:count], dtype=torch.double)
    return (found / found.sum().clamp(min=1)).tolist()
