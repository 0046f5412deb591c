"""Maps of another size as ONNX operators, in the terms of torch: interpolated, padded, cut."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from msdl.backends.onnx.operators import (
    IDENTITY,
    Absent,
    Attributes,
    Constant,
    Operand,
    Operator,
    Previous,
    Read,
    integers,
)
from msdl.network.layers import Pad, Resize, Shape

ROWS, COLUMNS = 2, 3  # the axes


def resized(resize: Resize, shape: Shape) -> Iterator[Operator]:
    """Interpolation; the attributes say where pixels are sampled, so that nothing is left to a runtime."""
    sides = ((shape.height, resize.height), (shape.width, resize.width))
    if all(old == new for old, new in sides):
        yield IDENTITY
    elif resize.mode == "bilinear":
        yield _interpolated(resize, shape, "linear", "align_corners" if resize.corners else "half_pixel")
    elif whole(resize, shape):
        yield _interpolated(resize, shape, "nearest", "asymmetric")
    else:
        rows, columns = (Constant(_nearest(old, new)) for old, new in sides)
        yield Operator("Gather", (Read(), rows), {"axis": ROWS})
        yield Operator("Gather", (Previous(), columns), {"axis": COLUMNS})


def whole(resize: Resize, shape: Shape) -> bool:
    """Whether a map becomes a whole number of times as high and as wide, and `nearest` repeats each pixel so often."""
    sides = ((shape.height, resize.height), (shape.width, resize.width))
    if any(new % old for old, new in sides):
        return False
    return resize.mode != "nearest" or all(_repeats(old, new) for old, new in sides)


def _repeats(old: int, new: int) -> bool:
    return np.array_equal(_nearest(old, new), np.arange(new) // (new // old))


def _interpolated(resize: Resize, shape: Shape, mode: str, sampled: str) -> Operator:
    """By its scales where they are whole numbers, as ONNX Runtime keeps its blocks then; else by the size."""
    attributes: Attributes = {"mode": mode, "coordinate_transformation_mode": sampled, "nearest_mode": "floor"}
    if whole(resize, shape):
        scales = np.array([1, 1, resize.height // shape.height, resize.width // shape.width], np.float32)
        return Operator("Resize", (Read(), Absent(), Constant(scales)), attributes)
    size = integers(resize.height, resize.width)
    return Operator("Resize", (Read(), Absent(), Absent(), size), {**attributes, "axes": (ROWS, COLUMNS)})


def _nearest(old: int, new: int) -> NDArray[np.int64]:
    """The pixels that torch takes: index * (old / new), in float32, without its fraction.

    Rounding decides where that is nearly whole: runtimes that divide by new / old take other pixels there.
    """
    places = np.arange(new, dtype=np.float32) * (np.float32(old) / np.float32(new))
    return np.minimum(places.astype(np.int64), old - 1)


def padded(pad: Pad, shape: Shape) -> Iterator[Operator]:
    """What is cut is cut first; then come the zeros."""
    value: Operand = Read()
    if min(pad.top, pad.bottom, pad.left, pad.right) < 0:
        starts = integers(max(-pad.top, 0), max(-pad.left, 0))
        ends = integers(shape.height + min(pad.bottom, 0), shape.width + min(pad.right, 0))
        yield Operator("Slice", (value, starts, ends, integers(ROWS, COLUMNS)))
        value = Previous()
    zeros = tuple(max(side, 0) for side in (pad.top, pad.left, pad.bottom, pad.right))
    if any(zeros):
        yield Operator("Pad", (value, integers(0, 0, *zeros[:2], 0, 0, *zeros[2:])))
    elif isinstance(value, Read):
        yield IDENTITY
