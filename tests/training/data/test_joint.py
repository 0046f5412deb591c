"""Images and masks are distorted alike."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from msdl.training.data import joint
from msdl.training.data.augmentation import AUGMENTATIONS

IGNORED = 255
JOINT = {name: each.with_masks for name, each in AUGMENTATIONS.items() if each.with_masks is not None}


@pytest.fixture
def pair() -> tuple[Tensor, Tensor]:
    """Stripes four pixels wide, each a class; an image as bright as its class, and never black."""
    masks = (torch.arange(32) // 4).to(torch.uint8).expand(60, 32, 32).contiguous()
    return (masks * 20 + 20)[:, None].repeat(1, 3, 1, 1), masks


@pytest.mark.parametrize("name", JOINT)
def test_shapes_and_kinds_stay_and_the_seed_decides(name: str, pair: tuple[Tensor, Tensor]) -> None:
    runs = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        runs.append(JOINT[name](*pair, IGNORED))
    (pixels, masks), again, other = runs
    assert (pixels.shape, pixels.dtype, masks.shape, masks.dtype) == (
        pair[0].shape,
        torch.uint8,
        pair[1].shape,
        torch.uint8,
    )
    assert torch.equal(pixels, again[0]) and torch.equal(masks, again[1])
    assert torch.equal(masks, other[1]) == (name == "none")


def test_a_flip_turns_both(pair: tuple[Tensor, Tensor]) -> None:
    pixels, masks = joint.flipped(*pair, IGNORED)
    assert torch.equal(pixels[:, 0], masks * 20 + 20)
    turned = (masks != pair[1]).flatten(1).any(1)
    assert 10 < turned.sum() < 50 and torch.equal(masks[turned], pair[1][turned].flip(-1))


def test_scaling_keeps_classes_whole_and_ignores_what_lies_beyond(pair: tuple[Tensor, Tensor]) -> None:
    torch.manual_seed(0)
    pixels, masks = joint.scaled_and_flipped(*pair, IGNORED)
    known = masks != IGNORED
    assert {*masks[known].tolist()} <= set(range(8))
    assert 0.05 < (~known).float().mean() < 0.5
    assert (pixels[:, 0][~known] == 0).float().mean() > 0.9  # bilinear rims aside
    exact = (pixels[:, 0][known].float() - 20) / 20 - masks[known]
    assert exact.abs().le(0.51).float().mean() > 0.95  # between two stripes colours mix, and at the rim


def test_pixels_that_were_ignored_stay_so(pair: tuple[Tensor, Tensor]) -> None:
    pixels, _ = pair
    _, masks = joint.scaled_and_flipped(pixels, torch.full((60, 32, 32), 7, dtype=torch.uint8), 7)
    assert masks.unique().tolist() == [7]
