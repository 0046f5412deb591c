"""The closed set of primitive layers: how many parameters each has, how many multiply-adds it takes.

What each puts out is in `shapes.py`.

Blocks are written in the language and elaborate to these. A new primitive is a class here and an arm in each `match`;
mypy names the modules that lack theirs.
"""

from __future__ import annotations

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
class Deconv:
    """Transposed convolution: every pixel spreads over a window, `stride` apart; the padding is cut off again."""

    inputs: int
    outputs: int
    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)
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
class Unpool:
    """Undoes a max pool: each pixel goes back to where the maximum of its window was, with zeros around.

    It reads what is to be spread and, second, what that pool read, from which it knows the places and the size.
    """

    kernel: Pair
    stride: Pair
    padding: Pair
    ceil: bool = False


ResizeMode = Literal["bilinear", "nearest"]


@dataclass(frozen=True, slots=True)
class Resize:
    """Interpolation to a map of `height` x `width`.

    Pixels are squares whose centres are sampled; with `corners` (bilinear alone) they are points, and the corners of
    both maps meet. `nearest` takes the pixel at floor(index * old / new), in float32 as torch works it out.
    """

    height: int
    width: int
    mode: ResizeMode = "bilinear"
    corners: bool = False


@dataclass(frozen=True, slots=True)
class Pad:
    """Zeros around a map, so many rows and columns; a negative number cuts."""

    top: int
    bottom: int
    left: int
    right: int


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
class Affine:
    """`scale * x + shift`, two numbers of the spec: `1 - gate`, `0.1 * residual`."""

    scale: float
    shift: float


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
    Image | Conv | Deconv | BatchNorm | Activation | Pool | Unpool | AdaptivePool | Resize | Pad | Linear | Flatten
    | Dropout | Affine | Shuffle | Slice | Join | Broken
)  # fmt: skip


def parameters(layer: Layer) -> int:
    """Weights, biases and batch norm's scale and shift."""
    match layer:
        case Conv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups, bias=bias):
            return outputs * (inputs // groups) * prod(kernel) + (outputs if bias else 0)
        case Deconv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups, bias=bias):
            return inputs * (outputs // groups) * prod(kernel) + (outputs if bias else 0)
        case BatchNorm(channels=channels):
            return 2 * channels
        case Linear(inputs=inputs, outputs=outputs, bias=bias):
            return inputs * outputs + (outputs if bias else 0)
        case Image() | Activation() | Pool() | Unpool() | AdaptivePool() | Resize() | Pad() | Flatten() | Dropout():
            return 0
        case Affine() | Shuffle() | Slice() | Concat() | Add() | Multiply() | Mean() | Broken():
            return 0
        case _:
            assert_never(layer)


def macs(layer: Layer, shape: Shape) -> int:
    """Multiply-adds of convolutions, transposed ones too, and linear layers for one image; `shape` is what comes out.

    A transposed convolution multiplies every pixel that arrives with its whole kernel.
    """
    match layer:
        case Conv(inputs=inputs, kernel=kernel, groups=groups):
            return shape.elements * (inputs // groups) * prod(kernel)
        case Deconv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups):
            return inputs * (outputs // groups) * prod(kernel) * prod(_gathered(layer, shape))
        case Linear(inputs=inputs, outputs=outputs):
            return inputs * outputs
        case Image() | BatchNorm() | Activation() | Pool() | Unpool() | AdaptivePool() | Resize() | Pad() | Flatten():
            return 0
        case Dropout() | Affine() | Shuffle() | Slice() | Concat() | Add() | Multiply() | Mean() | Broken():
            return 0
        case _:
            assert_never(layer)


def _gathered(layer: Deconv, shape: Shape) -> Pair:
    """The map that arrives at a transposed convolution, from the one it puts out."""
    sides = zip((shape.height, shape.width), layer.kernel, layer.stride, layer.padding, strict=True)
    height, width = ((size + 2 * padding - kernel) // stride + 1 for size, kernel, stride, padding in sides)
    return height, width
