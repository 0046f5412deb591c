"""What changes a map's size, worked out from definitions: for the interpreter, beside torch's own functions."""

from __future__ import annotations

from math import floor

import torch
from torch import Tensor
from torch.nn import functional

from msdl.network.layers import Deconv, Pad, Resize, Unpool


def deconvolved(layer: Deconv, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Zeros between the pixels and around them, then a convolution with the kernel turned round."""
    (rows, columns), (down, across) = layer.kernel, layer.stride
    n, channels, height, width = x.shape
    spread = x.new_zeros(n, channels, (height - 1) * down + 1, (width - 1) * across + 1)
    spread[:, :, ::down, ::across] = x
    top, left = rows - 1 - layer.padding[0], columns - 1 - layer.padding[1]
    around = padded(Pad(top, top, left, left), spread)
    grouped = weight.flip(2, 3).reshape(layer.groups, -1, *weight.shape[1:])
    return functional.conv2d(around, grouped.transpose(1, 2).flatten(0, 1), bias, groups=layer.groups)


def unpooled(layer: Unpool, x: Tensor, source: Tensor) -> Tensor:
    """Pixel after pixel; of equal values in a window the first is its maximum."""
    result = torch.zeros_like(source)
    (rows, columns), (down, across), (above, before) = layer.kernel, layer.stride, layer.padding
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            top, left = i * down - above, j * across - before
            window = source[:, :, max(0, top) : top + rows, max(0, left) : left + columns]
            place = window.flatten(2).argmax(2)
            row, column = max(0, top) + place // window.shape[3], max(0, left) + place % window.shape[3]
            result.flatten(2).scatter_(2, (row * source.shape[3] + column)[..., None], x[:, :, i, j, None])
    return result


def resized(layer: Resize, x: Tensor) -> Tensor:
    """Rows and columns are weighted sums of those that were there."""
    down, across = (
        _weights(layer, old, new) for old, new in zip(x.shape[2:], (layer.height, layer.width), strict=True)
    )
    return down.to(x) @ x @ across.to(x).T


def _weights(layer: Resize, old: int, new: int) -> Tensor:
    """new x old: how much of every old pixel is in a new one."""
    weights = torch.zeros(new, old, dtype=torch.float64)
    for pixel in range(new):
        if layer.mode == "nearest":
            place = float(pixel * old // new)
        elif layer.corners:
            place = pixel * (old - 1) / (new - 1) if new > 1 else 0.0
        else:
            place = min(max((pixel + 0.5) * old / new - 0.5, 0), old - 1)
        first = min(floor(place), old - 1)
        weights[pixel, first] += 1 - (place - first)
        weights[pixel, min(first + 1, old - 1)] += place - first
    return weights


def padded(layer: Pad, x: Tensor) -> Tensor:
    """What is cut is cut first, then zeros are put around."""
    height, width = x.shape[2:]
    kept = x[:, :, max(0, -layer.top) : height - max(0, -layer.bottom)]
    kept = kept[:, :, :, max(0, -layer.left) : width - max(0, -layer.right)]
    top, left = max(0, layer.top), max(0, layer.left)
    result = x.new_zeros(*x.shape[:2], height + layer.top + layer.bottom, width + layer.left + layer.right)
    result[:, :, top : top + kept.shape[2], left : left + kept.shape[3]] = kept
    return result
