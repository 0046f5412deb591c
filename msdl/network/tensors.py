"""The tensors that torch.nn keeps for a layer, with their shapes: known without torch and without the module.

The key of one in the compiled module's state_dict is the node's id, a dot and the tensor's name.
"""

from __future__ import annotations

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
    Pool,
    Resize,
    Shuffle,
    Slice,
    Unpool,
)

Extents = tuple[int, ...]


def tensors(layer: Layer) -> dict[str, Extents]:
    """Name -> shape of what torch.nn keeps for a layer, in its order: weights and buffers; `()` is a scalar."""
    match layer:
        case Conv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups, bias=bias):
            return {"weight": (outputs, inputs // groups, *kernel)} | ({"bias": (outputs,)} if bias else {})
        case Deconv(inputs=inputs, outputs=outputs, kernel=kernel, groups=groups, bias=bias):
            return {"weight": (inputs, outputs // groups, *kernel)} | ({"bias": (outputs,)} if bias else {})
        case BatchNorm(channels=channels):
            learned = dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (channels,))
            return {**learned, "num_batches_tracked": ()}
        case Linear(inputs=inputs, outputs=outputs, bias=bias):
            return {"weight": (outputs, inputs)} | ({"bias": (outputs,)} if bias else {})
        case Image() | Activation() | Pool() | Unpool() | AdaptivePool() | Resize() | Pad() | Flatten() | Dropout():
            return {}
        case Affine() | Shuffle() | Slice() | Concat() | Add() | Multiply() | Mean() | Broken():
            return {}
        case _:
            assert_never(layer)
