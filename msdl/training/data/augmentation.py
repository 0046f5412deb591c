"""Distortions of training images that keep what is seen: as published, on tensors through kornia."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from msdl.training.data import joint
from msdl.training.data.crops import Crops
from msdl.training.data.dataset import Dataset, Images
from msdl.training.data.joint import Joint


def unchanged(pixels: Tensor) -> Tensor:
    return pixels


def shifted(pixels: Tensor) -> Tensor:
    """Each by up to an eighth of its side, over black; a digit turned over were another one."""
    return _applied(pixels, _crop(*pixels.shape[-2:], padding=max(1, min(pixels.shape[-2:]) // 8)))


def padded_and_flipped(pixels: Tensor) -> Tensor:
    """A random crop of each with 4 black pixels around it, and half of them flipped (He et al. 2016, section 4.2)."""
    return flipped(_applied(pixels, _crop(*pixels.shape[-2:], padding=4)))


def flipped(pixels: Tensor) -> Tensor:
    """Half of them left to right."""
    return _applied(pixels, _flip())


@dataclass(frozen=True)
class Augmentation:
    """`batch` distorts a batch of pixels (N, C, H, W) of 8 bits, by torch's global random numbers alone.

    `with_masks` distorts images alike with their masks; either is None where there is no such thing. `crops` says
    whether the training images are random crops of their pictures already when they are decoded.
    """

    batch: Callable[[Tensor], Tensor] | None
    with_masks: Joint | None = None
    crops: bool = False


AUGMENTATIONS = {
    "none": Augmentation(unchanged, joint.unchanged),
    "digits": Augmentation(shifted),
    "cifar": Augmentation(padded_and_flipped),
    "imagenet": Augmentation(flipped, crops=True),
    "flip": Augmentation(flipped, joint.flipped),
    "scale": Augmentation(None, joint.scaled_and_flipped),
}


def training_images(dataset: Dataset, augmentation: str, *, seed: int, epoch: int) -> Images:
    """The training part as an epoch sees it: the same for the same seed and epoch, in whatever order and process."""
    if not AUGMENTATIONS[augmentation].crops:
        return dataset.train
    return Crops(dataset.train, dataset.preprocessing.shape, seed, epoch)


def _applied(pixels: Tensor, distortion: nn.Module) -> Tensor:
    """Kornia takes floats; what moves pixels about leaves their values whole."""
    distorted: Tensor = distortion(pixels.float())
    return distorted.to(torch.uint8)


@cache
def _crop(height: int, width: int, padding: int) -> nn.Module:
    from kornia.augmentation import RandomCrop

    crop: nn.Module = RandomCrop((height, width), padding=padding)
    return crop


@cache
def _flip() -> nn.Module:
    from kornia.augmentation import RandomHorizontalFlip

    flip: nn.Module = RandomHorizontalFlip(p=0.5)
    return flip
