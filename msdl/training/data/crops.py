"""Random resized crops, cut where a picture is decoded (Szegedy et al. 2015, section 6; as torchvision draws them)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from PIL import Image
from torch import Tensor

from msdl.runtime.preprocessing import Shape, as_tensor, converted
from msdl.training.data.dataset import Images
from msdl.training.data.pictures import readable

SCALE = (0.08, 1.0)
RATIO = (3 / 4, 4 / 3)
TRIES = 10

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Crops:
    """In every epoch another crop of each image, found by nothing but the seed, the epoch and the image's index.

    The images have a class each: a mask is not cut with its image here.
    """

    images: Images
    shape: Shape
    seed: int
    epoch: int

    @property
    def names(self) -> tuple[str, ...]:
        return self.images.names

    @property
    def labels(self) -> Tensor:
        labels = self.images.labels
        assert labels is not None
        return labels

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int, /) -> tuple[Tensor, int]:
        with readable(self.names[index]):
            picture = converted(self.picture(index), self.shape[0])
        random = Random(f"{self.seed}/{self.epoch}/{index}")
        _, height, width = self.shape
        box = crop(picture.width, picture.height, width / height, random)
        return as_tensor(picture.resize((width, height), Image.Resampling.BILINEAR, box)), int(self.labels[index])

    def picture(self, index: int, /) -> Image.Image:
        return self.images.picture(index)


def crop(width: int, height: int, shape: float, random: Random) -> Box:
    """Left, top, right and bottom of 8 % to 100 % of a picture, its sides up to 3:4 or 4:3 off the shape asked for.

    Where ten tries find none that lies in the picture, it is the largest in the middle with such sides.
    """
    for _ in range(TRIES):
        area = width * height * random.uniform(*SCALE)
        ratio = shape * math.exp(random.uniform(*map(math.log, RATIO)))
        w, h = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
        if 0 < w <= width and 0 < h <= height:
            left, top = random.randint(0, width - w), random.randint(0, height - h)
            return left, top, left + w, top + h
    ratio = min(max(width / height, shape * RATIO[0]), shape * RATIO[1])
    w, h = min(width, max(1, round(height * ratio))), min(height, max(1, round(width / ratio)))
    left, top = (width - w) // 2, (height - h) // 2
    return left, top, left + w, top + h
