"""Deterministic weights that know no names: every tensor is a function of its kind and its shape.

A network built by any means from the same layers gets the same weights, whatever its keys are called. The arithmetic is
that of the reference's fill.py, by which the logits of facts.py were computed.
"""

from __future__ import annotations

from functools import lru_cache
from math import prod

import torch
from torch import Tensor, nn

WEIGHT, BIAS, SCALE, SHIFT, MEAN, VARIANCE, PIXELS = range(1, 8)


STRETCH = 2**18


def noise(count: int, salt: int) -> Tensor:
    """`count` numbers in [-0.5, 0.5): an integer hash of their places."""
    return torch.cat([_stretch(number, salt) for number in range(-(-count // STRETCH))])[:count]


@lru_cache(maxsize=64)
def _stretch(number: int, salt: int) -> Tensor:
    """A stretch of the numbers, worked out once for all tensors that are long enough."""
    places = torch.arange(number * STRETCH, (number + 1) * STRETCH, dtype=torch.int64)
    x = (places * 2654435761 + salt * 40503 + 12345) & 0xFFFFFFFF
    for shift, factor in ((15, 2246822519), (13, 3266489917)):
        x = ((x ^ (x >> shift)) * factor) & 0xFFFFFFFF
    x ^= x >> 16
    return x.to(torch.float64) / 2**32 - 0.5


@torch.no_grad()
def fill(model: nn.Module) -> nn.Module:
    """Fills the convolutions, linear layers and batch norms of a model, and what undoes convolutions; returns it."""
    for module in model.modules():
        match module:
            case nn.Conv2d() | nn.ConvTranspose2d() | nn.Linear():
                weight = module.weight
                outputs = weight.shape[1] if isinstance(module, nn.ConvTranspose2d) else weight.shape[0]
                _set(weight, noise(weight.numel(), WEIGHT) * (12 / (weight.numel() // outputs)) ** 0.5)
                if module.bias is not None:
                    _set(module.bias, noise(module.bias.numel(), BIAS) * 0.2)
            case nn.BatchNorm2d():
                count = module.num_features
                _set(module.weight, 1 + noise(count, SCALE) * 0.4)
                _set(module.bias, noise(count, SHIFT) * 0.2)
                _set(module.running_mean, noise(count, MEAN) * 0.2)
                _set(module.running_var, 1 + noise(count, VARIANCE) * 0.4)
    return model


def _set(target: Tensor | None, values: Tensor) -> None:
    assert target is not None
    target.copy_(values.reshape(target.shape))


def image(*shape: int) -> Tensor:
    """An image, or a batch of them, in [-1, 1)."""
    return (noise(prod(shape), PIXELS) * 2).reshape(shape)
