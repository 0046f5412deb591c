"""The shape that a layer puts out, or why what arrives doesn't go into it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
    Affine,
    BatchNorm,
    Broken,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Image,
    Layer,
    Linear,
    Mean,
    Multiply,
    Pad,
    Pair,
    Pool,
    Resize,
    Shape,
    Shuffle,
    Slice,
    Unpool,
)

MOST_CHANNELS = 10**9
LONGEST_SIDE = 10**9
TOO_SMALL = "MSD401"
NEEDS_A_MAP = (Conv, Deconv, BatchNorm, Pool, Unpool, AdaptivePool, Resize, Pad, Shuffle)


class Misfit(Exception):
    """These shapes don't go into this layer. `code` is the diagnostic's."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def output(layer: Layer, inputs: Sequence[Shape]) -> Shape:
    """The shape a layer puts out. Raises Misfit."""
    if isinstance(layer, NEEDS_A_MAP) and inputs[0].flat:
        raise Misfit("MSD405", f"a feature map belongs here, but a vector of {inputs[0]} numbers arrives")
    match layer:
        case Image(shape):
            return shape
        case Conv(outputs=channels, dilation=dilation):
            height, width = _window(layer, inputs[0], dilation)
            return Shape(channels, height, width)
        case Deconv(outputs=channels):
            height, width = _bounded(_spread(layer, inputs[0]))
            return Shape(channels, height, width)
        case Pool():
            height, width = _window(layer, inputs[0], 1, ceil=layer.ceil)
            return Shape(inputs[0].channels, height, width)
        case Unpool():
            return _unpooled(layer, *inputs)
        case Resize(height, width):
            return Shape(inputs[0].channels, height, width)
        case Pad():
            return _padded(layer, inputs[0])
        case AdaptivePool(height, width):
            return Shape(inputs[0].channels, height or inputs[0].height, width or inputs[0].width)
        case BatchNorm() | Activation() | Dropout() | Affine() | Shuffle():
            return inputs[0]
        case Linear(outputs=outputs):
            return Shape(outputs, 1, 1, flat=True)
        case Flatten():
            return Shape(inputs[0].elements, 1, 1, flat=True)
        case Slice(start, stop):
            return inputs[0]._replace(channels=stop - start)
        case Concat():
            return _concatenated(inputs)
        case Add() | Mean():
            return _alike(layer, inputs)
        case Multiply():
            return _broadcast(inputs)
        case Broken():
            raise AssertionError("a broken node has no shape")
        case _:
            assert_never(layer)


def _window(layer: Conv | Pool, shape: Shape, dilation: int, ceil: bool = False) -> Pair:
    """The map a sliding window leaves (the formula of torch.nn.Conv2d and MaxPool2d, ceil_mode included)."""
    sides = zip((shape.height, shape.width), layer.kernel, layer.stride, layer.padding, strict=True)
    height, width = (_side(size, kernel, stride, padding, dilation, ceil) for size, kernel, stride, padding in sides)
    if height < 1 or width < 1:
        reach = "x".join(str(dilation * (kernel - 1) + 1) for kernel in layer.kernel)
        raise Misfit(TOO_SMALL, f"a window of {reach} doesn't fit into a map of {shape.map}")
    return height, width


def _side(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> int:
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    if span < 0:
        return 0
    steps = -(-span // stride) if ceil else span // stride
    # In ceil mode a last window that would start in the right padding is dropped.
    return steps if ceil and steps * stride >= size + padding else steps + 1


def _spread(layer: Deconv, shape: Shape) -> Pair:
    """The map a transposed convolution leaves (the formula of torch.nn.ConvTranspose2d)."""
    sides = zip((shape.height, shape.width), layer.kernel, layer.stride, layer.padding, strict=True)
    height, width = ((size - 1) * stride - 2 * padding + kernel for size, kernel, stride, padding in sides)
    if height < 1 or width < 1:
        raise Misfit(TOO_SMALL, f"of a map of {shape.map} nothing is left once the padding is cut off")
    return height, width


def _bounded(sides: Pair) -> Pair:
    if max(sides) > LONGEST_SIDE:
        message = f"a map of {sides[0]:,}x{sides[1]:,} has a side of more than {LONGEST_SIDE:,}"
        raise Misfit("MSD303", message)
    return sides


def _unpooled(layer: Unpool, shape: Shape, source: Shape) -> Shape:
    pooled = output(Pool("max", layer.kernel, layer.stride, layer.padding, layer.ceil), [source])
    if shape != pooled:
        raise Misfit("MSD402", f"{shape} can't go back through a max pool that put out {pooled}")
    return source


def _padded(layer: Pad, shape: Shape) -> Shape:
    height, width = shape.height + layer.top + layer.bottom, shape.width + layer.left + layer.right
    if height < 1 or width < 1:
        raise Misfit(TOO_SMALL, f"of a map of {shape.map} nothing is left")
    return Shape(shape.channels, height, width)


def _concatenated(inputs: Sequence[Shape]) -> Shape:
    first = inputs[0]
    for shape in inputs[1:]:
        if shape[1:] != first[1:]:
            raise Misfit("MSD403", f"{_described(first)} and {_described(shape)} can't be concatenated")
    channels = sum(shape.channels for shape in inputs)
    if channels > MOST_CHANNELS:
        raise Misfit("MSD303", f"{channels:,} channels are more than the {MOST_CHANNELS:,} that msdl takes on")
    return first._replace(channels=channels)


def _described(shape: Shape) -> str:
    return f"a vector of {shape}" if shape.flat else f"a map of {shape.map}"


def _alike(layer: Add | Mean, inputs: Sequence[Shape]) -> Shape:
    first = inputs[0]
    for shape in inputs[1:]:
        if shape != first:
            verb = "added" if isinstance(layer, Add) else "averaged"
            raise Misfit("MSD402", f"{first} and {shape} can't be {verb}")
    return first


def _broadcast(inputs: Sequence[Shape]) -> Shape:
    result = inputs[0]
    for shape in inputs[1:]:
        sides = zip(result[:3], shape[:3], strict=True)
        if result.flat != shape.flat or any(a != b and 1 not in (a, b) for a, b in sides):
            raise Misfit("MSD402", f"{result} and {shape} can't be multiplied")
        channels, height, width = (max(a, b) for a, b in zip(result[:3], shape[:3], strict=True))
        result = Shape(channels, height, width, result.flat)
    return result
