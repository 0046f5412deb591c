"""Convolutions, depthwise and transposed ones among them."""

from __future__ import annotations

from msdl.diagnostics import mistake
from msdl.network.layers import Conv, Deconv, Layer, Shape
from msdl.network.ops.use import Use


def conv(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`conv3x3(out)`."""
    return (_convolution(use, shape, use.size("out"), use.size("groups", 1)),)


def depthwise(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`dwconv3x3`: every channel by itself."""
    return (_convolution(use, shape, shape.channels, shape.channels),)


def deconv(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`deconv2x2(out, up = 2)`: the map grows by `up`, and by what the kernel reaches over the padding."""
    outputs, groups, up = use.size("out"), use.size("groups", 1), use.size("up", 2)
    _check_groups(use, shape, outputs, groups)
    bias = "bias" in use.flags
    return (Deconv(shape.channels, outputs, use.kernel, (up, up), use.padding(), groups, bias),)


def _convolution(use: Use, shape: Shape, outputs: int, groups: int) -> Conv:
    _check_groups(use, shape, outputs, groups)
    dilation = use.size("dilation", 1)
    padding = use.padding(dilation)
    return Conv(shape.channels, outputs, use.kernel, use.strides, padding, dilation, groups, "bias" in use.flags)


def _check_groups(use: Use, shape: Shape, outputs: int, groups: int) -> None:
    for count, what in ((shape.channels, "channels that arrive"), (outputs, "channels that leave")):
        if count % groups:
            message = f"{groups} groups don't divide the {count} {what} in '{use.span_name}'."
            raise mistake("MSD404", message, use.span, f"{count} / {groups} is not whole")
