"""Test images as pictures that stand in a page."""

from __future__ import annotations

import base64
import io

from PIL import Image
from torch import Tensor

from msdl.runtime.masks import palette
from msdl.training.data.pictures import as_picture

LARGEST = 96  # pixels; a report of ImageNet stays within some megabytes
LARGEST_MASK = 192


def data_uri(pixels: Tensor) -> str:
    """Pixels (C, H, W) of 8 bits as a PNG in a `data:` address; what is large is shrunk, what is small stays so."""
    return _uri(as_picture(pixels), LARGEST, Image.Resampling.LANCZOS)


def larger_uri(pixels: Tensor) -> str:
    """Likewise, larger, to be seen beside masks."""
    return _uri(as_picture(pixels), LARGEST_MASK, Image.Resampling.LANCZOS)


def mask_uri(mask: Tensor, ignored: int) -> str:
    """A mask (H, W) of 8 bits in the classes' colours; what is ignored can be seen through."""
    picture = as_picture(mask[None]).copy()
    picture.putpalette(palette())
    return _uri(picture, LARGEST_MASK, Image.Resampling.NEAREST, transparency=ignored)


def color(number: int) -> str:
    """A class's colour, `#800000`."""
    return f"#{palette()[3 * number : 3 * number + 3].hex()}"


def _uri(picture: Image.Image, largest: int, shrinking: Image.Resampling, **how: int) -> str:
    picture.thumbnail((largest, largest), shrinking)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True, **how)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
