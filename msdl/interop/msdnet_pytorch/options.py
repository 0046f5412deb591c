"""What the port's flags come to: layers and exits, where scales leave, what transitions keep."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

IMAGE_SIZES = {"cifar10": 32, "cifar100": 32, "ImageNet": 224}
CLASSES = {"cifar10": 10, "cifar100": 100, "ImageNet": 1000}
# The side of the coarsest map that a classifier's two stride-2 convolutions and its 2x2 pool bring to 1.
SMALLEST_MAP, LARGEST_MAP = 5, 12


class Compression(NamedTuple):
    """A transition: feature maps before and after it, in units of grFactor."""

    layer: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Options:
    """The flags' values, each a legal one for itself.

    `factors` (grFactor) has an entry a scale, `widths` (bnFactor) at least one; channels and growth count in units of
    `factors`.
    """

    data: Literal["cifar10", "cifar100", "ImageNet"]
    blocks: int
    base: int
    stepmode: Literal["even", "lin_grow"]
    step: int
    channels: int
    growth: int
    factors: tuple[int, ...]
    widths: tuple[int, ...]
    prune: Literal["max", "min"]
    reduction: float
    bottleneck: bool
    size: int

    @property
    def classes(self) -> int:
        return CLASSES[self.data]

    @property
    def scales(self) -> int:
        return len(self.factors)

    def exit(self, block: int) -> int:
        """The layer of a block's exit, blocks counted from 0."""
        if self.stepmode == "even":
            return self.base + self.step * block
        return self.base + self.step * block * (block + 1) // 2 + block

    @property
    def exits(self) -> list[int]:
        return [self.exit(block) for block in range(self.blocks)]

    @property
    def layers(self) -> int:
        return self.exit(self.blocks - 1)

    @property
    def departures(self) -> list[int]:
        """The last layers of the scales that leave with `prune max`, finest first: i * ceil(N / S) below N."""
        if self.prune == "min":
            return []
        interval = -(-self.layers // self.scales)
        return [interval * scale for scale in range(1, self.scales) if interval * scale < self.layers]

    @property
    def transitions(self) -> list[int]:
        """The layers that a transition follows: behind the last use of a scale, or, with `prune min`, at the thirds."""
        if not self.reduction:
            return []
        if self.prune == "max":
            return [last + 1 for last in self.departures]
        return [third for third in (self.layers // 3, 2 * self.layers // 3) if third]

    @property
    def compressions(self) -> list[Compression]:
        """What each transition keeps: floor(reduction * maps), worked out in floating point as the port does."""
        found: list[Compression] = []
        maps, layer = self.channels, 0
        for transition in self.transitions:
            before = maps + self.growth * (transition - layer)
            maps, layer = math.floor(self.reduction * before), transition
            found.append(Compression(transition, before, maps))
        return found

    @property
    def halvings(self) -> int:
        """How often the image is halved before it reaches the coarsest scale: each time n becomes ceil(n / 2)."""
        return self.scales - 1 + (2 if self.data == "ImageNet" else 0)

    @property
    def coarsest_map(self) -> int:
        """The side of the map that every exit reads."""
        return -(-self.size // (1 << self.halvings))

    @property
    def sizes(self) -> tuple[int, int]:
        """The smallest and the largest image that the classifiers take."""
        return ((SMALLEST_MAP - 1) << self.halvings) + 1, LARGEST_MAP << self.halvings
