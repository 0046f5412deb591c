"""A source's labelled pictures, in the source's order, before they are split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from PIL import Image
from torch import Tensor

TRAIN, VALIDATION, TEST = "train", "validation", "test"
PARTS = (TRAIN, VALIDATION, TEST)


class Pictures(Protocol):
    """Pictures by number, each decoded when it is asked for; workers get a copy (it can be pickled)."""

    def __getitem__(self, index: int, /) -> Image.Image:
        """Raises InputError."""
        ...

    def check(self, index: int, /) -> None:
        """Reads no more than is needed to see that it is a picture. Raises InputError."""
        ...


@dataclass(frozen=True)
class Masks:
    """A mask for every picture, in the same order: a picture whose values are numbers of classes, with its name."""

    names: tuple[str, ...]
    pictures: Pictures


@dataclass(frozen=True)
class Collection:
    """`parts` holds the parts that the source itself has: ranges of numbers; all of it is `train` where it has none.

    `test` and `validation` are the shares that are split off where the source has no such part: of all images, and of
    those that aren't for testing. With `masks`, every pixel has a class of its own and `labels` are all 0; there are
    no `classes` where the source has no names for them.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: Tensor
    pictures: Pictures
    parts: Mapping[str, range] = field(default_factory=dict)
    test: Fraction = Fraction(1, 5)
    validation: Fraction = Fraction(1, 8)
    masks: Masks | None = None

    def part(self, name: str) -> range | None:
        return self.parts.get(name) if self.parts else {TRAIN: range(len(self.names))}.get(name)

    @property
    def digest(self) -> str:
        """Tells whether the images are still the same, as far as their names and labels tell."""
        said = "\0".join((*self.classes, "", *self.names, "", *map(str, self.labels.tolist())))
        return "sha256:" + hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()
