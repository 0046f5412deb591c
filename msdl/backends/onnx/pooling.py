"""Pooling as ONNX operators, in the terms of torch.

Where torch and ONNX differ, the operators are chosen so that nothing is left to a runtime: which windows there are when
the last ones reach beyond the map (ceil_mode means other things in other versions of the opset), and what an average
is divided by there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from msdl.backends.onnx.operators import IDENTITY, Attributes, Constant, Operand, Operator, Previous, Read, integers
from msdl.network.layers import AdaptivePool, Pair, Pool, Shape, Unpool
from msdl.network.shapes import output


def pooled(pool: Pool, shape: Shape) -> Iterator[Operator]:
    """Maximum or average over windows; in ceil mode the end is padded as far as the last window reaches."""
    ends = _ends(pool, shape)
    windows = _windows(pool, ends)
    reaches_beyond = any(end > side for end, side in zip(ends, pool.padding, strict=True))
    if pool.kind == "max":
        yield Operator("MaxPool", (Read(),), windows)
    elif pool.count_padding and reaches_beyond:
        yield from _averaged_with_padding(pool, ends)
    else:
        yield Operator("AveragePool", (Read(),), {**windows, "count_include_pad": int(pool.count_padding)})


def unpooled(layer: Unpool, source: Shape) -> Iterator[Operator]:
    """Zeros, and each pixel where the maximum of its window was.

    Not by MaxUnpool: where the windows don't share out the map exactly, runtimes disagree about what its places mean.
    """
    pool = Pool("max", layer.kernel, layer.stride, layer.padding, layer.ceil)
    # The second output: places in the whole batch as one row.
    yield Operator("MaxPool", (Read(1),), _windows(pool, _ends(pool, source)), outputs=2)
    yield Operator("Reshape", (Previous(output=1), ROW))
    yield Operator("Reshape", (Read(0), ROW))
    yield Operator("Reshape", (Read(1), ROW))
    yield Operator("Shape", (Previous(),))
    yield Operator("ConstantOfShape", (Previous(),))
    yield Operator("ScatterElements", (Previous(), Previous(back=5), Previous(back=4)))
    yield Operator("Reshape", (Previous(), integers(-1, *source.extents)))


ROW = integers(-1)


def _windows(pool: Pool, ends: Pair) -> Attributes:
    return {"kernel_shape": pool.kernel, "strides": pool.stride, "pads": (*pool.padding, *ends)}


def _averaged_with_padding(pool: Pool, ends: Pair) -> Iterator[Operator]:
    """An average that counts the pool's padding, but not what the last window reaches beyond it.

    So the padding becomes part of the map, and what is beyond is padding that isn't counted.
    """
    value: Operand = Read()
    if any(pool.padding):
        yield Operator("Pad", (value, integers(*(0, 0, *pool.padding) * 2)))
        value = Previous()
    beyond = (max(end - side, 0) for end, side in zip(ends, pool.padding, strict=True))
    windows: Attributes = {"kernel_shape": pool.kernel, "strides": pool.stride, "pads": (0, 0, *beyond)}
    yield Operator("AveragePool", (value,), {**windows, "count_include_pad": 0})


def _ends(pool: Pool, shape: Shape) -> Pair:
    """The padding behind the last row and column."""
    if not pool.ceil:
        return pool.padding
    result = output(pool, (shape,))
    sides = zip((shape.height, shape.width), (result.height, result.width), pool.kernel, pool.stride, strict=True)
    reaches = tuple((steps - 1) * stride + kernel - size for size, steps, kernel, stride in sides)
    height, width = (max(reach - before, 0) for reach, before in zip(reaches, pool.padding, strict=True))
    return height, width


def adaptive(pool: AdaptivePool, shape: Shape) -> Iterator[Operator]:
    """Averages over windows that share out the map: all alike where its sides are multiples, else by a product."""
    result = output(pool, (shape,))
    sides = ((shape.height, result.height), (shape.width, result.width))
    if all(size == count for size, count in sides):
        yield IDENTITY
    elif all(count == 1 for _, count in sides):
        yield Operator("GlobalAveragePool", (Read(),))
    elif all(size % count == 0 for size, count in sides):
        kernel = tuple(size // count for size, count in sides)
        yield Operator("AveragePool", (Read(),), {"kernel_shape": kernel, "strides": kernel})
    else:
        rows, columns = (_averages(size, count) for size, count in sides)
        # Not by MatMul: ONNX Runtime refuses to multiply a matrix by a batch of no images.
        yield Operator("Einsum", (Read(), Constant(rows), Constant(columns)), {"equation": "nchw,ih,jw->ncij"})


def _averages(size: int, count: int) -> NDArray[np.float32]:
    """count x size: row i averages from floor(i * size / count) up to ceil((i + 1) * size / count), as torch does."""
    matrix = np.zeros((count, size), np.float32)
    for row in range(count):
        first, stop = row * size // count, -(-(row + 1) * size // count)
        matrix[row, first:stop] = 1 / (stop - first)
    return matrix
