"""`shapes`: discs, squares, triangles and others on textured ground, drawn here, with the masks that say where.

Class 0 is the ground. An object's form and its pattern tell its class: there are six forms and four patterns, and for
every further twelve classes the patterns are finer. All look alike in a mirror. There are as many images for every
network, of its input's shape and with its number of classes; an image is decided by its number alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from random import Random

import torch
from PIL import Image
from torch import Tensor

from msdl.runtime.preprocessing import Shape
from msdl.training.data.collection import Collection, Masks
from msdl.training.data.pictures import as_picture
from msdl.training.data.request import Request

COUNT, TEST, VALIDATION = 1200, 200, 200
USUAL_CLASSES = 5
OBJECTS = (1, 3)  # an image
RADIUS = (0.2, 0.32)  # of the shorter side
TURN = math.pi / 12
CONTRAST = (0.25, 0.45)  # between an object and the ground, of values from 0 to 1
WAVES, AMPLITUDE, NOISE = 3, 0.05, 0.04
BRIGHTER, STRIPES = 0.12, 3  # what is painted over an object: how much brighter or darker, and how many on its width

Form = Callable[[Tensor, Tensor], Tensor]
# By coordinates from -1 to 1 across and down: where an object is.
FORMS: dict[str, Form] = {
    "disc": lambda x, y: x**2 + y**2 <= 1,
    "square": lambda x, y: torch.maximum(x.abs(), y.abs()) <= 0.85,
    "triangle": lambda x, y: (y <= 0.5) & (y >= math.sqrt(3) * x.abs() - 1),
    "cross": lambda x, y: torch.minimum(x.abs(), y.abs()).le(0.28) & torch.maximum(x.abs(), y.abs()).le(1),
    "ring": lambda x, y: (x**2 + y**2 <= 1) & (x**2 + y**2 >= 0.3),
    "bar": lambda x, y: (x.abs() <= 1) & (y.abs() <= 0.3),
}
# By how far across and down a stripe begins: where an object is brighter (1) or darker (-1).
PATTERNS: tuple[Form, ...] = (
    lambda x, y: torch.zeros_like(x),
    lambda x, y: torch.sign(torch.cos(y)),
    lambda x, y: torch.sign(torch.cos(x)),
    lambda x, y: torch.sign(torch.cos(x) * torch.cos(y)),
)
KINDS = math.lcm(len(FORMS), len(PATTERNS))


@dataclass(frozen=True)
class Drawn:
    """Pictures of a shape, or their masks, drawn when they are asked for."""

    shape: Shape
    classes: int
    masks: bool = False

    def __getitem__(self, index: int, /) -> Image.Image:
        pixels, mask = drawn(index, self.shape, self.classes)
        return as_picture(mask[None] if self.masks else pixels)

    def check(self, index: int, /) -> None:
        """Nothing can be wrong with them."""


def read(place: str, request: Request) -> Collection:
    """Takes no place."""
    classes = request.classes or USUAL_CLASSES
    names = tuple(f"shapes/{number}" for number in range(COUNT))
    return Collection(
        tuple(_names(classes)),
        names,
        torch.zeros(COUNT, dtype=torch.long),
        Drawn(request.shape, classes),
        test=Fraction(TEST, COUNT),
        validation=Fraction(VALIDATION, COUNT - TEST),
        masks=Masks(names, Drawn(request.shape, classes, masks=True)),
    )


def _names(classes: int) -> Iterator[str]:
    yield "ground"
    for number in range(classes - 1):
        finer, kind = divmod(number, KINDS)
        again = kind // len(FORMS) + KINDS // len(FORMS) * finer
        yield [*FORMS][kind % len(FORMS)] + (f" {again + 1}" if again else "")


@lru_cache(maxsize=8)  # an image and its mask are asked for one after the other
def drawn(index: int, shape: Shape, classes: int) -> tuple[Tensor, Tensor]:
    """An image, pixels (C, H, W), and its mask (H, W), both of 8 bits; what is drawn later covers what was before."""
    channels, height, width = shape
    random = Random(f"shapes/{index}")
    side = min(height, width)
    y, x = torch.meshgrid(torch.arange(height) / side, torch.arange(width) / side, indexing="ij")
    ground = torch.tensor([random.uniform(0.3, 0.7) for _ in range(channels)])[:, None, None]
    pixels, mask = ground + _texture(x, y, random), torch.zeros(height, width, dtype=torch.uint8)
    for _ in range(random.randint(*OBJECTS)):
        number = random.randrange(classes - 1)
        across, down = _placed(x, y, random)
        inside = [*FORMS.values()][number % len(FORMS)](across, down)
        colour = ground + torch.tensor([_contrast(random) for _ in range(channels)])[:, None, None]
        filled = colour + _texture(x, y, random) + BRIGHTER * _pattern(across, down, number)
        pixels, mask = torch.where(inside, filled, pixels), torch.where(inside, number + 1, mask)
    noise = torch.randn(pixels.shape, generator=torch.Generator().manual_seed(index))
    pixels = ((pixels + NOISE * noise).clamp(0, 1) * 255).round().to(torch.uint8)
    if channels == 4:
        pixels[3] = 255  # nothing shines through
    return pixels, mask.to(torch.uint8)


def _contrast(random: Random) -> float:
    return random.choice((-1, 1)) * random.uniform(*CONTRAST)


def _texture(x: Tensor, y: Tensor, random: Random) -> Tensor:
    """A few waves over one another: (H, W)."""
    total = torch.zeros_like(x)
    for _ in range(WAVES):
        angle, waves, phase = random.uniform(0, math.pi), random.uniform(2, 9), random.uniform(0, 2 * math.pi)
        total += torch.sin(2 * math.pi * waves * (x * math.cos(angle) + y * math.sin(angle)) + phase)
    return AMPLITUDE * total


def _placed(x: Tensor, y: Tensor, random: Random) -> tuple[Tensor, Tensor]:
    """Coordinates of an object somewhere, of some size, a little turned: from -1 to 1 within it."""
    centre_x, centre_y = random.uniform(0.1, 0.9) * float(x.max()), random.uniform(0.1, 0.9) * float(y.max())
    radius, angle = random.uniform(*RADIUS), random.uniform(-TURN, TURN)
    right, low = (x - centre_x) / radius, (y - centre_y) / radius
    cosine, sine = math.cos(angle), math.sin(angle)
    return right * cosine + low * sine, low * cosine - right * sine


def _pattern(x: Tensor, y: Tensor, number: int) -> Tensor:
    waves = math.pi * STRIPES * (1 + number // KINDS)
    return PATTERNS[number % len(PATTERNS)](waves * x, waves * y)
