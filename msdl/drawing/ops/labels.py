"""What is written on an op and told of it: in short in its box, as a spec would write it in its tooltip."""

from __future__ import annotations

from pathlib import PurePath
from typing import assert_never

from msdl.drawing.looks import cut
from msdl.network.graph import Node
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
    Shuffle,
    Slice,
    Unpool,
    macs,
    parameters,
)
from msdl.quantities import amount

# The longest words of a spec that are written out where an error stands.
LONGEST = 22


def label(node: Node) -> str:
    """`conv3x3 48 /2`: the op, what it puts out and by which stride; where an error stands, what was written."""
    if isinstance(node.layer, Broken):
        return cut(" ".join(node.span.text.split()), LONGEST)
    return _label(node.layer)


def _label(layer: Layer) -> str:
    match layer:
        case Conv(groups=groups, dilation=dilation, stride=stride):
            grouped = f" g{groups}" if groups > 1 and not _is_depthwise(layer) else ""
            outputs = "" if _is_depthwise(layer) else f" {layer.outputs}"
            return f"{_conv(layer)}{outputs}{_stride(stride, ' /')}{grouped}{f' d{dilation}' * (dilation > 1)}"
        case Deconv(outputs=outputs, stride=stride):
            return f"{_deconv(layer)} {outputs}{_stride(stride, ' up ')}"
        case Pool(stride=stride):
            return f"{_pool(layer)}{_stride(stride, ' /')}"
        case Resize(height, width):
            return f"resize {height}x{width}"
        case Pad():
            return "crop" if _cuts(layer) else "pad"
        case Linear(outputs=outputs):
            return f"linear {outputs}"
        case Image(shape):
            return str(shape)
        case Slice(start, stop):
            return f"channels {start}-{stop - 1}" if stop - start > 1 else f"channel {start}"
        case AdaptivePool(height=int(), width=int()):
            return "gap" if layer.height == layer.width == 1 else f"pool {layer.height}"
        case Shuffle(groups):
            return f"shuffle {groups}"
        case Dropout(probability):
            return f"dropout {probability:g}"
        case BatchNorm():
            return "bn"
        case Unpool() | AdaptivePool() | Affine() | Activation() | Flatten():
            return written(layer)
        case Concat() | Add() | Multiply() | Mean() | Broken():
            return written(layer)
        case _:
            assert_never(layer)


def written(layer: Layer) -> str:
    """`conv3x3(48, groups = 4)/2`: the layer as a spec could write it."""
    match layer:
        case Image(shape):
            return f"image {shape}"
        case Conv(stride=stride):
            return f"{_conv(layer)}{_called(*_arguments(layer))}{_stride(stride, '/')}"
        case Deconv():
            return f"{_deconv(layer)}{_called(*_spreading(layer))}"
        case Pool(stride=stride):
            return f"{_pool(layer)}{_called(*_pooling(layer))}{_stride(stride, '/')}"
        case Unpool(kernel=kernel):
            return f"unpool{kernel[0]}x{kernel[1]}"
        case Resize(height, width, mode, corners):
            how = [*["nearest"] * (mode == "nearest"), *["corners"] * corners]
            return f"resize{_called(*how)} to {height}x{width}"
        case Pad(top, bottom, left, right):
            sign = -1 if _cuts(layer) else 1
            sides = {"top": top, "bottom": bottom, "left": left, "right": right}
            return f"{_label(layer)}: {', '.join(f'{name} {sign * by}' for name, by in sides.items())}"
        case Linear(outputs=outputs, bias=bias):
            return f"linear{_called(str(outputs), *['nobias'] * (not bias))}"
        case AdaptivePool(height, width):
            row, column = "pool_h" if height is None else "", "pool_w" if width is None else ""
            return row or column or ("gap" if height == width == 1 else f"pool({height})")
        case BatchNorm(eps=eps):
            return "bn" if eps == BatchNorm(1).eps else f"bn(eps = {eps:g})"
        case Activation(kind):
            return kind
        case Dropout(probability):
            return f"dropout({probability:g})"
        case Affine(scale, shift):
            return _affine(scale, shift)
        case Shuffle(groups):
            return f"shuffle({groups})"
        case Slice(start, stop):
            return f"channels {start} to {stop - 1}"
        case Flatten() | Concat() | Add() | Multiply() | Mean():
            return type(layer).__name__.lower()
        case Broken():
            return "error"
        case _:
            assert_never(layer)


def tooltip(node: Node) -> str:
    """All that is known of a node, in one line: id, layer, shape, counts, and the words it was written with."""
    facts = [written(node.layer), "shape unknown" if node.shape is None else str(node.shape)]
    if node.shape is not None:
        facts += [f"{amount(parameters(node.layer))} parameters", f"{amount(macs(node.layer, node.size))} MACs"]
    words = " ".join(node.span.text.split())
    place = f"{PurePath(node.span.source.name).name}:{node.span.line}"
    block = f" in block {node.block}" if node.block else ""
    return f"{node.id}: {', '.join(facts)}; '{words}'{block}, {place}"


def _is_depthwise(layer: Conv) -> bool:
    return layer.groups == layer.inputs == layer.outputs > 1


def _conv(layer: Conv) -> str:
    return f"{'dw' * _is_depthwise(layer)}conv{layer.kernel[0]}x{layer.kernel[1]}"


def _deconv(layer: Deconv) -> str:
    return f"deconv{layer.kernel[0]}x{layer.kernel[1]}"


def _cuts(layer: Pad) -> bool:
    """Whether a map's edge is cut off, rather than that zeros are put around it."""
    return max(layer.top, layer.bottom, layer.left, layer.right) <= 0


def _affine(scale: float, shift: float) -> str:
    """`1 - x`, `0.1 * x`, `2 * x + 3`."""
    times = f"{abs(scale):g} * x" if abs(scale) != 1 else "x"
    if scale < 0 < shift:
        return f"{shift:g} - {times}"
    product = f"-{times}" if scale < 0 else times
    return f"{product} {'+' if shift > 0 else '-'} {abs(shift):g}" if shift else product


def _pool(layer: Pool) -> str:
    return f"{'max' if layer.kind == 'max' else 'avg'}pool{layer.kernel[0]}x{layer.kernel[1]}"


def _arguments(layer: Conv) -> list[str]:
    depthwise = _is_depthwise(layer)
    named = {"groups": 1 if depthwise else layer.groups, "dilation": layer.dilation}
    said = [*[str(layer.outputs)] * (not depthwise), *["bias"] * layer.bias]
    said += [f"{name} = {value}" for name, value in named.items() if value > 1]
    return said + _padded(layer.kernel, layer.padding, layer.dilation)


def _spreading(layer: Deconv) -> list[str]:
    up = layer.stride[0]
    said = [str(layer.outputs), *[f"up = {up}"] * (up != 2), *["bias"] * layer.bias]
    said += [f"groups = {layer.groups}"] * (layer.groups > 1)
    return said + _padded(layer.kernel, layer.padding)


def _pooling(layer: Pool) -> list[str]:
    exclude = layer.kind == "average" and not layer.count_padding
    return [*["ceil"] * layer.ceil, *["exclude"] * exclude, *_padded(layer.kernel, layer.padding)]


def _padded(kernel: Pair, padding: Pair, dilation: int = 1) -> list[str]:
    """`pad = n`, where it is not what the kernel's size says."""
    usual = tuple(dilation * (side - 1) // 2 if side % 2 else 0 for side in kernel)
    return [] if padding == usual else [f"pad = {padding[0]}"]


def _called(*arguments: str) -> str:
    return f"({', '.join(arguments)})" if arguments else ""


def _stride(stride: Pair, sign: str) -> str:
    return f"{sign}{stride[0]}" if stride != (1, 1) else ""
