"""A second opinion: walks a graph node by node with torch's functions, weights looked up by node id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional

from msdl.network.graph import Graph, Node
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
    Affine,
    BatchNorm,
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
    Pool,
    Resize,
    Shuffle,
    Slice,
    Unpool,
)
from tests.backends.resampling import deconvolved, padded, resized, unpooled

Weights = Mapping[str, Tensor]


def interpret(graph: Graph, weights: Weights, image: Tensor) -> dict[str, Tensor]:
    """Every node's value, as in evaluation."""
    values: dict[str, Tensor] = {}
    for node in graph:
        inputs = [values[id] for id in node.inputs]
        values[node.id] = image if isinstance(node.layer, Image) else _value(node, inputs, weights)
    return values


def _value(node: Node, inputs: Sequence[Tensor], weights: Weights) -> Tensor:
    x = inputs[0]
    match node.layer:
        case Conv(_, _, _, stride, padding, dilation, groups, bias):
            offset = weights[f"{node.id}.bias"] if bias else None
            return functional.conv2d(x, weights[f"{node.id}.weight"], offset, stride, padding, dilation, groups)
        case Deconv(bias=bias):
            offset = weights[f"{node.id}.bias"] if bias else None
            return deconvolved(node.layer, x, weights[f"{node.id}.weight"], offset)
        case BatchNorm(_, eps):
            mean, variance, scale, shift = (
                weights[f"{node.id}.{name}"] for name in ("running_mean", "running_var", "weight", "bias")
            )
            return functional.batch_norm(x, mean, variance, scale, shift, eps=eps)
        case Activation(kind):
            return _activation(kind, x)
        case Pool("max", kernel, stride, padding, ceil):
            return functional.max_pool2d(x, kernel, stride, padding, ceil_mode=ceil)
        case Pool(_, kernel, stride, padding, ceil, count_padding):
            return functional.avg_pool2d(x, kernel, stride, padding, ceil, count_padding)
        case Unpool():
            return unpooled(node.layer, *inputs)
        case Resize():
            return resized(node.layer, x)
        case Pad():
            return padded(node.layer, x)
        case AdaptivePool(height, width):
            return functional.adaptive_avg_pool2d(x, (height, width))
        case Linear(bias=bias):
            offset = weights[f"{node.id}.bias"] if bias else None
            return functional.linear(x.reshape(len(x), -1), weights[f"{node.id}.weight"], offset)
        case Flatten():
            return x.reshape(len(x), -1)
        case Dropout():
            return x
        case Affine(scale, shift):
            return x * scale + shift
        case Shuffle(groups):
            n, c, height, width = x.shape
            return x.reshape(n, groups, c // groups, height, width).transpose(1, 2).reshape(n, c, height, width)
        case Slice(start, stop):
            return x[:, start:stop]
        case Concat():
            return torch.cat(list(inputs), 1)
        case Add():
            return reduce(torch.add, inputs)
        case Multiply():
            return reduce(torch.mul, inputs)
        case Mean():
            return reduce(torch.add, inputs) / len(inputs)
        case layer:
            raise AssertionError(f"the interpreter does not know {layer}")


def _activation(kind: str, x: Tensor) -> Tensor:
    match kind:
        case "relu":
            return x.clamp(min=0)
        case "relu6":
            return x.clamp(0, 6)
        case "elu":
            return functional.elu(x)
        case "sigmoid":
            return torch.sigmoid(x)
        case "softmax":
            return torch.softmax(x, 1)
        case _:
            raise AssertionError(f"the interpreter does not know {kind}")
