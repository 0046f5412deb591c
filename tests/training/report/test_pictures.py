from __future__ import annotations

import base64
import io

import pytest
import torch
from PIL import Image

from msdl.training.report.pictures import data_uri


def opened(uri: str) -> Image.Image:
    head, data = uri.split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize(("channels", "mode"), [(1, "L"), (3, "RGB")])
def test_small_images_are_kept_pixel_for_pixel(channels: int, mode: str) -> None:
    pixels = torch.randint(256, (channels, 5, 7), dtype=torch.uint8)
    picture = opened(data_uri(pixels))
    assert (picture.mode, picture.size) == (mode, (7, 5))
    assert list(picture.tobytes()) == pixels.permute(1, 2, 0).flatten().tolist()


def test_large_images_are_shrunk_in_proportion() -> None:
    assert opened(data_uri(torch.zeros(3, 112, 224, dtype=torch.uint8))).size == (96, 48)
