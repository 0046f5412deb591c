"""Exits that put out maps, a class for every pixel: what part of the image a map is about, and the classes there.

A map of FCN's 41 x 41 pixels covers an image of 321 x 321: it is interpolated to that size. U-Net's valid convolutions
leave 388 x 388 of 572 x 572: those are the centre of the image (Ronneberger et al., MICCAI 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from msdl.runtime import record

# Rows and columns of the image, in its centre, that a map is about.
View = tuple[int, int]
Shape = tuple[int, int, int]
MAPS = "maps"  # where run.json and manifest.json keep the views of exits
VOID = 255  # in masks what is of no class, as PASCAL VOC has it


def views_of(data: Mapping[str, Any], exits: Iterable[str], shape: Shape) -> dict[str, View] | None:
    """The views of exits, from a record, for images (C, H, W); None where they put out no maps. Raises ValueError."""
    if data.get(MAPS) is None:
        return None
    found = record.field(data, MAPS, dict)
    return {exit: _view(found, exit, shape) for exit in exits}


def _view(found: Mapping[str, Any], exit: str, shape: Shape) -> View:
    sides = record.items(found, exit, int)
    if len(sides) != 2 or not all(0 < side <= most for side, most in zip(sides, shape[1:], strict=True)):
        raise ValueError(f"what the map of '{exit}' covers is no part of the image")
    height, width = sides
    return height, width


def classes(logits: Tensor, view: View, shape: Shape) -> Tensor:
    """The classes (H, W), 8 bits, that a map of logits (C, h, w) tells of an image; `VOID` where it doesn't reach."""
    if logits.shape[-2:] != view:
        logits = interpolate(logits[None], view, mode="bilinear", align_corners=False)[0]
    _, height, width = shape
    whole = torch.full((height, width), VOID, dtype=torch.uint8)
    top, left = (height - view[0]) // 2, (width - view[1]) // 2
    whole[top : top + view[0], left : left + view[1]] = logits.argmax(0)
    return whole
