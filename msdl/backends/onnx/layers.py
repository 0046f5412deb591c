"""Primitive layers as ONNX operators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import assert_never

from msdl.backends.onnx.operators import (
    IDENTITY,
    Attributes,
    Operand,
    Operator,
    Previous,
    Read,
    Weight,
    integers,
    scalar,
)
from msdl.backends.onnx.pooling import adaptive, pooled, unpooled
from msdl.backends.onnx.resampling import padded, resized
from msdl.network.layers import (
    Activation,
    ActivationKind,
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
    Pool,
    Resize,
    Shape,
    Shuffle,
    Slice,
    Unpool,
)
from msdl.network.tensors import tensors

CHANNELS = 1  # the axis


def operators(layer: Layer, inputs: Sequence[Shape]) -> Iterator[Operator]:
    """The operators of a layer that reads values of these shapes, each after what it reads; the last gives its value.

    As in evaluation: batch norms use their statistics, and dropout does nothing.
    """
    match layer:
        case Conv():
            yield _conv(layer)
        case Deconv():
            yield _deconv(layer)
        case BatchNorm():
            yield _norm(layer)
        case Activation(kind):
            yield _activation(kind)
        case Pool():
            yield from pooled(layer, inputs[0])
        case Unpool():
            yield from unpooled(layer, inputs[1])
        case Resize():
            yield from resized(layer, inputs[0])
        case Pad():
            yield from padded(layer, inputs[0])
        case AdaptivePool():
            yield from adaptive(layer, inputs[0])
        case Linear():
            yield from _linear(layer, inputs[0])
        case Flatten():
            yield IDENTITY if inputs[0].flat else Operator("Flatten", (Read(),), {"axis": CHANNELS})
        case Dropout():
            yield IDENTITY
        case Affine(scale, shift):
            yield from _affine(scale, shift)
        case Shuffle(groups):
            yield from _shuffle(groups, inputs[0])
        case Slice(start, stop):
            yield Operator("Slice", (Read(), integers(start), integers(stop), integers(CHANNELS)))
        case Concat():
            yield Operator("Concat", tuple(map(Read, range(len(inputs)))), {"axis": CHANNELS})
        case Add():
            yield from _joined("Add", len(inputs))
        case Multiply():
            yield from _joined("Mul", len(inputs))
        case Mean():
            yield from _joined("Add", len(inputs))
            yield Operator("Div", (Previous(), scalar(len(inputs))))
        case Image() | Broken():
            raise AssertionError(f"{layer} is not computed")
        case _:
            assert_never(layer)


def _conv(conv: Conv) -> Operator:
    attributes: Attributes = {
        "kernel_shape": conv.kernel,
        "strides": conv.stride,
        "pads": (*conv.padding, *conv.padding),
        "dilations": (conv.dilation, conv.dilation),
        "group": conv.groups,
    }
    return Operator("Conv", (Read(), *learned(conv)), attributes)


def _deconv(deconv: Deconv) -> Operator:
    attributes: Attributes = {
        "kernel_shape": deconv.kernel,
        "strides": deconv.stride,
        "pads": (*deconv.padding, *deconv.padding),
        "group": deconv.groups,
    }
    return Operator("ConvTranspose", (Read(), *learned(deconv)), attributes)


def _norm(norm: BatchNorm) -> Operator:
    return Operator("BatchNormalization", (Read(), *learned(norm)), {"epsilon": norm.eps})


def _activation(kind: ActivationKind) -> Operator:
    match kind:
        case "relu":
            return Operator("Relu", (Read(),))
        case "relu6":
            return Operator("Clip", (Read(), scalar(0), scalar(6)))
        case "elu":
            return Operator("Elu", (Read(),))
        case "sigmoid":
            return Operator("Sigmoid", (Read(),))
        case "softmax":
            return Operator("Softmax", (Read(),), {"axis": CHANNELS})
        case _:
            assert_never(kind)


def _linear(linear: Linear, shape: Shape) -> Iterator[Operator]:
    value: Operand = Read()
    if not shape.flat:
        yield Operator("Flatten", (value,), {"axis": CHANNELS})
        value = Previous()
    yield Operator("Gemm", (value, *learned(linear)), {"transB": 1})


def learned(layer: Layer) -> Iterator[Weight]:
    """A layer's tensors, which torch keeps in the order of the operator's; but for the count of batches seen."""
    return (Weight(name) for name, shape in tensors(layer).items() if shape)


def _affine(scale: float, shift: float) -> Iterator[Operator]:
    value: Operand = Read()
    if scale != 1:
        yield Operator("Mul", (value, scalar(scale)))
        value = Previous()
    if shift != 0:
        yield Operator("Add", (value, scalar(shift)))
    elif isinstance(value, Read):
        yield IDENTITY


def _shuffle(groups: int, shape: Shape) -> Iterator[Operator]:
    """Channels as a table of groups x n, transposed; the batch keeps its size, which 0 stands for."""
    channels, height, width = shape.extents
    yield Operator("Reshape", (Read(), integers(0, groups, channels // groups, height, width)))
    yield Operator("Transpose", (Previous(),), {"perm": (0, 2, 1, 3, 4)})
    yield Operator("Reshape", (Previous(), integers(0, channels, height, width)))


def _joined(kind: str, count: int) -> Iterator[Operator]:
    """Values joined two by two, from left to right."""
    if count == 1:
        yield IDENTITY
    before: Iterable[Operand] = chain((Read(0),), repeat(Previous()))
    for left, number in zip(before, range(1, count), strict=False):
        yield Operator(kind, (left, Read(number)))
