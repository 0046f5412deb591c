"""The tensors of torchvision 0.29's networks, with their auxiliary classifiers, as its modules declare them.

`modules/` has a file a network and a line a module: `bn1 norm=64` is a batch norm with its five tensors.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

MODULES = Path(__file__).parent / "modules"
NORM = ("weight", "bias", "running_mean", "running_var")
# The classes of ImageNet, and of VOC for the networks that segment.
PUBLISHED_CLASSES = {"fcn_resnet50": 21, "deeplabv3_resnet50": 21}


def shapes(network: str) -> dict[str, tuple[int, ...]]:
    """torchvision's keys, in its order, and their shapes."""
    lines = (MODULES / f"{network}.txt").read_text(encoding="utf-8").splitlines()
    return {key: shape for line in lines for key, shape in _tensors(*line.split())}


def state_dict(network: str, classes: int | None = None, seed: int = 0) -> dict[str, Tensor]:
    """Random weights: no two tensors alike, and values that stay small through many layers.

    `classes` is what the heads tell apart, if not what torchvision publishes.
    """
    published = PUBLISHED_CLASSES.get(network, 1000)
    generator = torch.Generator().manual_seed(seed)
    return {
        key: _random(key, tuple(classes if classes and n == published else n for n in shape[:1]) + shape[1:], generator)
        for key, shape in shapes(network).items()
    }


def _tensors(module: str, *described: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    for description in described:
        name, _, extents = description.partition("=")
        shape = tuple(map(int, extents.split("x")))
        if name == "norm":
            yield from ((f"{module}.{name}", shape) for name in NORM)
            yield f"{module}.num_batches_tracked", ()
        else:
            yield f"{module}.{name}", shape


def _random(key: str, shape: tuple[int, ...], generator: torch.Generator) -> Tensor:
    if key.endswith("num_batches_tracked"):
        return torch.tensor(7)
    values = torch.rand(shape, generator=generator)
    if len(shape) > 1:
        return (values - 0.5) * (12 / values[0].numel()) ** 0.5
    return values + 0.5 if key.endswith("running_var") else (values - 0.5) * 0.4 + (key.endswith("weight"))
