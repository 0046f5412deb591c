"""Distortions of training images together with their masks, on tensors through kornia.

A mask takes the nearest pixel's class, and what comes from beyond the image's border is ignored; the image is black
there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

# Pixels (N, C, H, W) and masks (N, H, W) of 8 bits, and the number of the pixels that don't count.
Joint = Callable[[Tensor, Tensor, int], tuple[Tensor, Tensor]]
SCALE = (0.5, 2.0)  # as the training of DeepLab and PSPNet has it
SHIFT = (0.25, 0.25)


def unchanged(pixels: Tensor, masks: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    return pixels, masks


def flipped(pixels: Tensor, masks: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    """Half of them left to right."""
    return _applied(_flip(), pixels, masks, ignored)


def scaled_and_flipped(pixels: Tensor, masks: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    """Each 0.5 to 2 times as large, and moved by up to a quarter of its sides; half of them left to right."""
    return _applied(_scale_and_flip(), pixels, masks, ignored)


def _applied(distortion: Any, pixels: Tensor, masks: Tensor, ignored: int) -> tuple[Tensor, Tensor]:
    """Kornia puts zeros where nothing comes from: masks count from 1 meanwhile, so that 0 is free for that."""
    images, moved = distortion(pixels.float(), masks[:, None].float() + 1)
    classes = torch.where(moved[:, 0] == 0, ignored, moved[:, 0] - 1)
    return images.round().to(torch.uint8), classes.to(torch.uint8)


@cache
def _flip() -> Any:
    from kornia.augmentation import RandomHorizontalFlip

    return _together(RandomHorizontalFlip(p=0.5))


@cache
def _scale_and_flip() -> Any:
    from kornia.augmentation import RandomAffine, RandomHorizontalFlip

    return _together(RandomAffine(0.0, translate=SHIFT, scale=SCALE, p=1.0), RandomHorizontalFlip(p=0.5))


def _together(*distortions: Any) -> Any:
    from kornia.augmentation import AugmentationSequential
    from kornia.constants import DataKey, Resample

    nearest = {DataKey.MASK: {"resample": Resample.NEAREST, "align_corners": None}}
    return AugmentationSequential(*distortions, data_keys=["input", "mask"], extra_args=nearest)
