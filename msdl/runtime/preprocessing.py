"""From a picture to what a network reads: training, evaluation and prediction go through here alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from msdl.runtime import record
from msdl.runtime.pictures import decoded

Shape = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """Resizes a picture to `shape` (C, H, W) and normalises it.

    With `shorter_side`, in pixels, the picture is first resized so, keeping its proportions, and then its centre is cut
    out; without, it is stretched to the shape. Resizing is Pillow's, bilinear with antialiasing, on 8 bits. `mean` and
    `std`, one number a channel, are those of values from 0 to 1. Raises ValueError.
    """

    shape: Shape
    mean: tuple[float, ...]
    std: tuple[float, ...]
    shorter_side: int | None = None

    def __post_init__(self) -> None:
        channels, height, width = self.shape
        if len(self.mean) != channels or len(self.std) != channels:
            raise ValueError(f"a mean and a std for each of the {channels} channels are needed")
        if self.shorter_side is not None and self.shorter_side < max(height, width):
            raise ValueError(f"no {width} x {height} can be cut out of a shorter side of {self.shorter_side}")

    def __call__(self, picture: Image.Image | str | Path) -> Tensor:
        """A batch of one, 1 x C x H x W, normalised. Raises OSError where a file can't be read as a picture."""
        if not isinstance(picture, Image.Image):
            picture = decoded(picture)
        return self.normalised(self.pixels(picture)).unsqueeze(0)

    def pixels(self, picture: Image.Image) -> Tensor:
        """C x H x W, 8 bits. Raises OSError."""
        channels, height, width = self.shape
        picture = converted(picture, channels)
        return as_tensor(picture.resize((width, height), Image.Resampling.BILINEAR, self.seen(picture.size)))

    def seen(self, size: tuple[int, int]) -> Box:
        """Left, top, right and bottom of the part that is seen of an upright picture of a width and a height."""
        _, height, width = self.shape
        side = self.shorter_side
        return (0, 0, *size) if side is None else _centre(size, width, height, side)

    def normalised(self, pixels: Tensor) -> Tensor:
        """Pixels (.., C, H, W) of 8 bits as float32 with mean 0 and deviation 1 in the training set."""
        return self.standardised(pixels.float() / 255)

    def standardised(self, values: Tensor) -> Tensor:
        """Values (.., C, H, W) from 0 to 1, likewise; where they are and as precise as they are."""
        mean, std = (values.new_tensor(numbers).view(-1, 1, 1) for numbers in (self.mean, self.std))
        return (values - mean) / std

    def as_json(self) -> dict[str, Any]:
        channels, height, width = self.shape
        return {
            "channels": channels,
            "height": height,
            "width": width,
            "shorter_side": self.shorter_side,
            "interpolation": "bilinear",
            "scale": 1 / 255,
            "mean": list(self.mean),
            "std": list(self.std),
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Preprocessing:
        """Raises ValueError."""
        channels, height, width = (record.field(data, name, int) for name in ("channels", "height", "width"))
        side = None if data.get("shorter_side") is None else record.field(data, "shorter_side", int)
        mean, std = (record.items(data, name, float) for name in ("mean", "std"))
        if channels not in MODES:
            raise ValueError(f"an image can't have {channels} channels")
        if min(height, width) < 1 or min(std, default=1) <= 0:
            raise ValueError("a height, a width and a std are positive")
        return cls((channels, height, width), mean, std, side)


MODES = {1: "L", 3: "RGB", 4: "RGBA"}

# How a picture must be turned, by the tag in which a camera says how it was held (Exif 2.32, 4.6.4, Orientation).
ORIENTATION = 0x0112
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def converted(picture: Image.Image, channels: int) -> Image.Image:
    """Upright, 8 bits a channel: in grey for one channel, in colour for three, with transparency for four.

    What is transparent is seen before white; of 16 bits the higher 8 count. Raises OSError where the pixels can't be
    understood, and ValueError for other numbers of channels.
    """
    if channels not in MODES:
        raise ValueError(f"an image can't have {channels} channels")
    picture = _eight_bits(_upright(picture))
    if channels < 4 and picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    try:
        return picture.convert(MODES[channels])
    except ValueError:
        raise OSError(f"its colours, '{picture.mode}', can't be converted") from None


def as_tensor(picture: Image.Image) -> Tensor:
    """C x H x W, 8 bits."""
    flat = torch.frombuffer(bytearray(picture.tobytes()), dtype=torch.uint8)
    return flat.view(picture.height, picture.width, -1).permute(2, 0, 1).contiguous()


def _upright(picture: Image.Image) -> Image.Image:
    try:
        turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # a damaged tag says nothing about the pixels
        return picture
    return picture if turn is None else picture.transpose(turn)


def _eight_bits(picture: Image.Image) -> Image.Image:
    if picture.mode == "F":
        raise OSError("its pixels are fractions, whose range is not known")
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture


def _centre(size: tuple[int, int], width: int, height: int, shorter_side: int) -> Box:
    """Left, top, right and bottom of the box that becomes width x height where the shorter side becomes so long."""
    scale = min(size) / shorter_side
    (left, right), (top, bottom) = (
        ((whole - part) / 2, min((whole + part) / 2, whole))
        for whole, part in zip(size, (min(width * scale, size[0]), min(height * scale, size[1])), strict=True)
    )
    return left, top, right, bottom
