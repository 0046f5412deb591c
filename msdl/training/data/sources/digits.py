"""`digits`: the 1,797 handwritten digits that come with scikit-learn (UCI, Alpaydin and Kaynak 1998), 8 x 8, grey."""

from __future__ import annotations

from fractions import Fraction

import torch

from msdl.training.data.collection import Collection
from msdl.training.data.pictures import Raster

COUNT, DARKEST = 1797, 16
TEST, VALIDATION = 397, 400


def read(place: str) -> Collection:
    """Takes no place."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    pixels = torch.tensor(digits.images) * 255 / DARKEST
    return Collection(
        tuple(map(str, range(10))),
        tuple(f"digits/{number}" for number in range(COUNT)),
        torch.tensor(digits.target),
        Raster(pixels.round().to(torch.uint8).unsqueeze(1)),
        test=Fraction(TEST, COUNT),
        validation=Fraction(VALIDATION, COUNT - TEST),
    )
