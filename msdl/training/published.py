"""What a data set's networks are trained with, unless something else is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from msdl.training.data.sources import default_augmentation
from msdl.training.options import Options

# Huang et al. (2018), section 5 and appendix A.
CIFAR = MappingProxyType({"epochs": 300, "batch_size": 64, "schedule": "multistep"})
IMAGENET = MappingProxyType({"epochs": 90, "batch_size": 256, "schedule": "multistep"})
DIGITS = MappingProxyType({"epochs": 40, "batch_size": 64, "schedule": "cosine"})

# As long as small networks take (docs/training.md), and for photographs as DeepLab and PSPNet count epochs.
SHAPES = MappingProxyType({"epochs": 30, "batch_size": 16, "schedule": "cosine"})
PHOTOGRAPHS = MappingProxyType({"epochs": 60, "batch_size": 16, "schedule": "cosine"})

BY_SOURCE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"digits": DIGITS, "cifar10": CIFAR, "cifar100": CIFAR, "imagefolder": IMAGENET, "hf": IMAGENET}
)
MASKED: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {"shapes": SHAPES, "maskfolder": PHOTOGRAPHS, "hf": PHOTOGRAPHS}
)
# Where the learning rate falls to a tenth: shares of the epochs.
HALVES = (Fraction(1, 2), Fraction(3, 4))
THIRDS = (Fraction(1, 3), Fraction(2, 3))


def source(maps: bool) -> str:
    """What `--data` is where nothing is said: data that comes along, with masks where exits are maps."""
    return "shapes" if maps else "digits"


def options(data: str, *, maps: bool = False, **chosen: Any) -> Options:
    """The options for what `--data` names, with those that were chosen; other ones for exits that are maps.

    Raises BadOption.
    """
    usual = (MASKED if maps else BY_SOURCE).get(data.partition(":")[0], SHAPES if maps else DIGITS)
    values = {"augment": default_augmentation(data, maps), **usual, **chosen}
    if values["schedule"] == "multistep" and "milestones" not in chosen:
        shares = THIRDS if usual is IMAGENET else HALVES
        epochs = values["epochs"]
        values["milestones"] = tuple(sorted({max(1, int(share * epochs)) for share in shares}))
    return Options(**values)
