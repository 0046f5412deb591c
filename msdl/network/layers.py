"""The closed set of primitive layers: what each puts out, how many parameters it has, how many multiply-adds it takes.

Blocks are written in the language and elaborate to these. A new primitive is a class here and an arm in each `match`;
mypy names the backends that lack theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal, NamedTuple, assert_never


class Shape(NamedTuple):
    """What a layer puts out for one image: channels x height x width, or a vector (`flat`) of `channels` numbers."""

    channels: int
    height: int
    width: int
    flat: bool = False

    @property
    def elements(self) -> int:
        return self.channels * self.height * self.width

    @property
    def map(self) -> str:
        """`8x8`."""
        return f"{self.height}x{self.width}"

    @property
    def extents(self) -> tuple[int, ...]:
        return (self.channels,) if self.flat else (self.channels, self.height, self.width)

    def __str__(self) -> str:
        return str(self.channels) if self.flat else f"{self.channels}x{self.height}x{self.width}"


Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Image:
    """The input."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Conv:
    """Convolution with zero padding; `inputs` and `outputs` in channels, the pairs rows first."""

    inputs: int
    outputs: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: int = 1
    groups: int = 1
    bias: bool = False


@dataclass(frozen=True, slots=True)
class BatchNorm:
    channels: int
    eps: float = 1e-5


ActivationKind = Literal["relu", "relu6", "elu", "sigmoid", "softmax"]


@dataclass(frozen=True, slots=True)
class Activation:
    kind: ActivationKind


@dataclass(frozen=True, slots=True)
class Pool:
    """Maximum or average over a window; `count_padding` is the average's alone."""

    kind: Literal["max", "average"]
    kernel: Pair
    stride: Pair
    padding: Pair
    ceil: bool = False
    count_padding: bool = True


@dataclass(frozen=True, slots=True)
class AdaptivePool:
    """Average to a map of `height` x `width`; None keeps that side."""

    height: int | None
    width: int | None


@dataclass(frozen=True, slots=True)
class Linear:
    """A linear layer on its input, flattened."""

    inputs: int
    outputs: int
    bias: bool = True


@dataclass(frozen=True, slots=True)
class Flatten:
    pass


@dataclass(frozen=True, slots=True)
class Dropout:
    probability: float


@dataclass(frozen=True, slots=True)
class Shuffle:
    """Channel shuffle (ShuffleNet): groups x n channels become n x groups."""

    groups: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Channels `start` up to, not including, `stop`."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Concat:
    """Channels after channels."""


@dataclass(frozen=True, slots=True)
class Add:
    pass


@dataclass(frozen=True, slots=True)
class Multiply:
    """Elementwise; 1x1 maps and single channels broadcast."""


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of several values."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An error stands here; its shape is not known, and nothing that reads it is complained about."""


Join = Concat | Add | Multiply | Mean
Layer = (
    Image | Conv | BatchNorm | Activation | Pool | AdaptivePool | Linear | Flatten | Dropout | Shuffle | Slice
    | Join | Broken
)  # fmt: skip


MOST_CHANNELS = 10**9
TOO_SMALL = "MSD401"
NEEDS_A_MAP = (Conv, BatchNorm, Pool, AdaptivePool, Shuffle)


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
        case Pool():
            height, width = _window(layer, inputs[0], 1, ceil=layer.ceil)
            return Shape(inputs[0].channels, height, width)
        case AdaptivePool(height, width):
            return Shape(inputs[0].channels, height or inputs[0].height, width or inputs[0].width)
        case BatchNorm() | Activation() | Dropout() | Shuffle():
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


def parameters(layer: Layer) -> int:
    """Weights, biases and batch norm's scale and shift."""
    match layer:
        case Conv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups, bias=bias):
            return outputs * (inputs // groups) * prod(kernel) + (outputs if bias else 0)
        case BatchNorm(channels=channels):
            return 2 * channels
        case Linear(inputs=inputs, outputs=outputs, bias=bias):
            return inputs * outputs + (outputs if bias else 0)
        case Image() | Activation() | Pool() | AdaptivePool() | Flatten() | Dropout() | Shuffle():
            return 0
        case Slice() | Concat() | Add() | Multiply() | Mean() | Broken():
            return 0
        case _:
            assert_never(layer)


def macs(layer: Layer, shape: Shape) -> int:
    """Multiply-adds of convolutions and linear layers for one image; `shape` is what the layer puts out."""
    match layer:
        case Conv(inputs=inputs, kernel=kernel, groups=groups):
            return shape.elements * (inputs // groups) * prod(kernel)
        case Linear(inputs=inputs, outputs=outputs):
            return inputs * outputs
        case (
            Image() | BatchNorm() | Activation() | Pool() | AdaptivePool() | Flatten() | Dropout() | Shuffle() | Slice()
        ):
            return 0
        case Concat() | Add() | Multiply() | Mean() | Broken():
            return 0
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
