"""Test images as pictures that stand in a page."""

from __future__ import annotations

import base64
import io

from PIL import Image
from torch import Tensor

from msdl.training.data.pictures import as_picture

LARGEST = 96  # pixels; a report of ImageNet stays within some megabytes


def data_uri(pixels: Tensor) -> str:
    """Pixels (C, H, W) of 8 bits as a PNG in a `data:` address; what is large is shrunk, what is small stays so."""
    picture = as_picture(pixels)
    picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(written.getvalue()).decode()}"
