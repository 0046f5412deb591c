"""Primitive layers as calls of torch.nn: a constructor and its arguments, so that builders can tell what varies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from msdl.backends.torch.layout import Doc, Group, Labelled, bracketed, call
from msdl.network.graph import Node
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
    Linear,
    Mean,
    Multiply,
    Pad,
    Pair,
    Pool,
    Resize,
    Shuffle,
    Slice,
    Unpool,
)

Number = int | float | Pair


@dataclass(frozen=True, slots=True)
class Argument:
    """A number of a constructor. `keyword` is empty where it stands by place; `kind` names a parameter for it.

    An argument that equals its default is left out.
    """

    keyword: str
    kind: str
    value: Number
    default: Number | None = None

    @property
    def is_default(self) -> bool:
        return self.default is not None and self.value == self.default


@dataclass(frozen=True, slots=True)
class Construction:
    """`nn.Conv2d`, its numbers, and what is fixed: flags, as they are written."""

    constructor: str
    arguments: tuple[Argument, ...] = ()
    flags: tuple[str, ...] = ()


def construction(node: Node, is_flat: bool, in_place: bool) -> Construction:
    """The module of a node; `is_flat` tells of its input, `in_place` that it may write over it."""
    match node.layer:
        case Conv():
            return _conv(node.layer)
        case Deconv():
            return _deconv(node.layer)
        case BatchNorm(channels, eps):
            return Construction("nn.BatchNorm2d", (_channels(channels), Argument("eps", "eps", eps, 1e-5)))
        case Activation(kind):
            return _activation(kind, in_place)
        case Pool():
            return _pool(node.layer)
        case AdaptivePool(height, width):
            size = str(height) if height == width and height is not None else f"({height}, {width})"
            return Construction("nn.AdaptiveAvgPool2d", flags=(size,))
        case Resize():
            return _resize(node.layer)
        case Pad():
            return Construction("nn.ZeroPad2d", flags=(_around(node.layer),))
        case Linear(inputs, outputs, bias):
            constructor = "nn.Linear" if is_flat else "FlatLinear"
            return Construction(constructor, (_channels(inputs), _channels(outputs)), () if bias else ("bias=False",))
        case Flatten():
            return Construction("nn.Flatten")
        case Dropout(probability):
            return Construction("nn.Dropout", (Argument("", "p", probability),))
        case Shuffle(groups):
            return Construction("Shuffle", (Argument("", "groups", groups),))
        case Image() | Unpool() | Affine() | Slice() | Concat() | Add() | Multiply() | Mean() | Broken():
            raise AssertionError(f"{node.id} has no module")
        case _:
            assert_never(node.layer)


def _channels(count: int) -> Argument:
    return Argument("", "c", count)


def _conv(conv: Conv) -> Construction:
    arguments = (
        _channels(conv.inputs),
        _channels(conv.outputs),
        Argument("", "kernel", conv.kernel),
        Argument("stride", "stride", conv.stride, (1, 1)),
        Argument("padding", "padding", conv.padding, (0, 0)),
        Argument("dilation", "dilation", conv.dilation, 1),
        Argument("groups", "groups", conv.groups, 1),
    )
    return Construction("nn.Conv2d", arguments, () if conv.bias else ("bias=False",))


def _deconv(deconv: Deconv) -> Construction:
    arguments = (
        _channels(deconv.inputs),
        _channels(deconv.outputs),
        Argument("", "kernel", deconv.kernel),
        Argument("stride", "stride", deconv.stride, (1, 1)),
        Argument("padding", "padding", deconv.padding, (0, 0)),
        Argument("groups", "groups", deconv.groups, 1),
    )
    return Construction("nn.ConvTranspose2d", arguments, () if deconv.bias else ("bias=False",))


def _resize(resize: Resize) -> Construction:
    size = Argument("", "size", (resize.height, resize.width))
    if resize.mode == "nearest":
        return Construction("nn.Upsample", (size,))
    return Construction(
        "nn.Upsample", (size,), ('mode="bilinear"', *(["align_corners=True"] if resize.corners else []))
    )


def _around(pad: Pad) -> str:
    """What torch's padding takes: left, right, top, bottom, or one number."""
    sides = (pad.left, pad.right, pad.top, pad.bottom)
    return str(pad.top) if len(set(sides)) == 1 else str(sides)


def _pool(pool: Pool) -> Construction:
    arguments = (
        Argument("", "kernel", pool.kernel),
        Argument("stride", "stride", pool.stride, pool.kernel),
        Argument("padding", "padding", pool.padding, (0, 0)),
    )
    flags = ("ceil_mode=True",) if pool.ceil else ()
    if pool.kind == "max":
        return Construction("nn.MaxPool2d", arguments, flags)
    return Construction("nn.AvgPool2d", arguments, flags if pool.count_padding else (*flags, "count_include_pad=False"))


def unpooling(unpool: Unpool) -> tuple[Doc, ...]:
    """The arguments of the generated `unpool` behind its two values: those of the pool."""
    stride = () if unpool.stride == unpool.kernel else (Labelled("stride=", bracketed(_sides(unpool.stride))),)
    padding = () if unpool.padding == (0, 0) else (Labelled("padding=", bracketed(_sides(unpool.padding))),)
    ceil = ("ceil_mode=True",) if unpool.ceil else ()
    return (bracketed(_sides(unpool.kernel)), *stride, *padding, *ceil)


def _sides(pair: Pair) -> tuple[str, str]:
    return str(pair[0]), str(pair[1])


def _activation(kind: ActivationKind, in_place: bool) -> Construction:
    match kind:
        case "relu":
            return Construction("nn.ReLU", flags=("inplace=True",) if in_place else ())
        case "relu6":
            return Construction("nn.ReLU6", flags=("inplace=True",) if in_place else ())
        case "elu":
            return Construction("nn.ELU")
        case "sigmoid":
            return Construction("nn.Sigmoid")
        case "softmax":
            return Construction("nn.Softmax", flags=("dim=1",))
        case _:
            assert_never(kind)


def number(value: Number) -> Doc:
    """A number as Python; a square pair as one number."""
    if isinstance(value, tuple):
        rows, columns = value
        return str(rows) if rows == columns else Group("(", (str(rows), str(columns)))
    return repr(value)


def constructed(construction: Construction, values: tuple[Doc | None, ...]) -> Doc:
    """The call, with these values for the arguments; None leaves one out."""
    given = [
        Labelled(f"{argument.keyword}=", value) if argument.keyword else value
        for argument, value in zip(construction.arguments, values, strict=True)
        if value is not None
    ]
    return call(construction.constructor, *given, *construction.flags)


def sequential(numbers: Sequence[int], layers: Sequence[Doc]) -> Group:
    """Layers one after another; `numbered((0, ..), (2, ..))` where their numbers have gaps."""
    if list(numbers) == list(range(len(numbers))):
        return call("nn.Sequential", *layers)
    pairs = zip(numbers, layers, strict=True)
    return call("numbered", *(Group("(", (str(number), layer)) for number, layer in pairs))


def literal(construction: Construction) -> Doc:
    """The call with its own numbers."""
    return constructed(construction, tuple(None if a.is_default else number(a.value) for a in construction.arguments))
