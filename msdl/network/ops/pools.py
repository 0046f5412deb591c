"""Pools, and what undoes a max pool."""

from __future__ import annotations

from msdl.diagnostics import mistake
from msdl.network.layers import AdaptivePool, Layer, Pool, Shape, Unpool
from msdl.network.ops.use import NotKnown, Use


def maxpool(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`maxpool3x3/2`."""
    return (Pool("max", use.kernel, use.strides, _padding(use), "ceil" in use.flags),)


def avgpool(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`avgpool2x2/2`; `exclude` leaves the padding out of the average."""
    counts = "exclude" not in use.flags
    return (Pool("average", use.kernel, use.strides, _padding(use), "ceil" in use.flags, counts),)


def pool_to(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`pool(n)`: averages to n x n."""
    return (AdaptivePool(use.size("n"), use.size("n")),)


def unpool(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`unpool2x2(value)`: undoes the max pool that led into the value (SegNet, Badrinarayanan et al. 2015)."""
    if use.around.pool is None:
        raise NotKnown
    pool = use.around.pool
    return (Unpool(pool.kernel, pool.stride, pool.padding, pool.ceil),)


def _padding(use: Use) -> tuple[int, int]:
    padding = use.padding()
    if any(2 * pad > side for pad, side in zip(padding, use.kernel, strict=True)):
        message = f"A pool pads at most half its window, so {padding[0]} is too much for '{use.span_name}'."
        raise mistake("MSD302", message, use.span)
    return padding
