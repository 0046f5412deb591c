"""Images with masks that are easy, hard, or won by the later exits."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from msdl.training.evaluation.maps import MapEvaluation
from msdl.training.overlap import miou


@dataclass(frozen=True)
class MapExample:
    """A test image, by its number, and the mean IoU of each exit on it."""

    image: int
    mious: tuple[float, ...]


@dataclass(frozen=True)
class MapContrast:
    """Images that have something in common, which `name` says."""

    name: str
    examples: tuple[MapExample, ...]


def contrasts(evaluation: MapEvaluation, count: int) -> tuple[MapContrast, ...]:
    """The images on which the last exit is best and worst, and those on which it gains most against the first.

    No image is shown twice; where there is one exit nothing is gained. Images without a pixel that counts are left out.
    """
    found = miou(evaluation.overlaps)
    counted = evaluation.overlaps[0, :, 2].sum(-1) > 0
    orders = {"hardest": found[-1].argsort(stable=True), "easiest": found[-1].argsort(descending=True, stable=True)}
    if len(found) > 1:
        orders["gained"] = (found[-1] - found[0]).argsort(descending=True, stable=True)
    shown: set[int] = set()
    contrasts = {}
    for name, order in orders.items():
        chosen = [image for image in order.tolist() if counted[image] and image not in shown][:count]
        shown |= {*chosen}
        contrasts[name] = MapContrast(name, tuple(_example(found, image) for image in chosen))
    return tuple(contrasts[name] for name in ("easiest", "hardest", "gained") if name in contrasts)


def _example(mious: Tensor, image: int) -> MapExample:
    return MapExample(image, tuple(mious[:, image].tolist()))
