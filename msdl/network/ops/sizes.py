"""Ops that bring a map to another size: interpolation, and cutting or padding at the borders."""

from __future__ import annotations

from msdl.diagnostics import Label, mistake
from msdl.network.layers import Layer, Pad, Resize, Shape
from msdl.network.ops.use import LARGEST_SIZE, NotKnown, Other, Use


def upsample(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`upsample(f)`: f times as high and as wide."""
    factor = use.size("f")
    return (_resized(use, shape.height * factor, shape.width * factor),)


def resize(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`resize(value)`: the size of the value; `resize`: that of the input image."""
    to = _map(use, use.around.value or use.around.image)
    return (_resized(use, to.shape.height, to.shape.width),)


def _resized(use: Use, height: int, width: int) -> Resize:
    if max(height, width) > LARGEST_SIZE:
        message = f"'{use.span_name}' makes a map of {height}x{width}; a side is at most {LARGEST_SIZE:,}."
        raise mistake("MSD302", message, use.span)
    if use.flags == {"nearest", "corners"}:
        message = f"'{use.span_name}' is either `nearest` or `corners`: corners are met by interpolating."
        raise mistake("MSD204", message, use.span)
    return Resize(height, width, "nearest" if "nearest" in use.flags else "bilinear", "corners" in use.flags)


def crop(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`crop`: the centre, as large as the other parts of the join; `crop(o)`: from row and column o on."""
    return (_cropped(use, shape, _parts(use), "the other part"),)


def cropto(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """The same for the size of the input image."""
    return (_cropped(use, shape, _map(use, use.around.image), "the input"),)


def fit(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`fit`: cuts as `crop` does, and pads with zeros where the other parts are larger, half of it before."""
    to = _parts(use).shape
    top, bottom = _margins(to.height - shape.height)
    left, right = _margins(to.width - shape.width)
    return (Pad(top, bottom, left, right),)


def _cropped(use: Use, shape: Shape, to: Other, what: str) -> Pad:
    if shape.flat:
        return Pad(0, 0, 0, 0)  # refused as any layer of maps refuses a vector
    wanted, offset = to.shape, use.size("o", least=0) if "o" in use.numbers else None
    sides = ((shape.height, wanted.height), (shape.width, wanted.width))
    starts = [(size - kept) // 2 if offset is None else offset for size, kept in sides]
    if any(size < kept for size, kept in sides) or any(
        start + kept > size for start, (size, kept) in zip(starts, sides, strict=True)
    ):
        begin = "" if offset is None else f" from row and column {offset} on"
        message = f"A map of {shape.map} can't be cropped to {wanted.map}{begin}."
        hint = "`fit` pads where the other part is larger" if use.op.name == "crop" and offset is None else ""
        raise mistake("MSD406", message, use.span, f"{shape} arrives", hint, Label(to.span, f"{what} is {wanted}"))
    (top, bottom), (left, right) = (
        (start, size - kept - start) for start, (size, kept) in zip(starts, sides, strict=True)
    )
    return Pad(-top, -bottom, -left, -right)


def _margins(missing: int) -> tuple[int, int]:
    """Rows before and behind; as many are cut before as `crop` cuts, a centred window's."""
    before = missing // 2 if missing >= 0 else -(-missing // 2)
    return before, missing - before


def _parts(use: Use) -> Other:
    """The other parts of the join, which give the size. Raises Mistake where there are none."""
    if use.around.parts is None:
        message = f"'{use.span_name}' goes by the other parts of a join, but there is none here that has a size."
        hint = "it stands in a path of a join, or in a part of `[a, b]`, `a + b` or `mean(a, b)`"
        raise mistake("MSD406", message, use.span, "", hint)
    return _map(use, use.around.parts)


def _map(use: Use, other: Other | None) -> Other:
    """What gives the size. Raises Mistake where that is a vector, NotKnown where it hangs on an earlier error."""
    if other is None:
        raise NotKnown
    if other.shape.flat:
        message = f"'{use.span_name}' goes by the size of a map, but this is a vector of {other.shape} numbers."
        raise mistake("MSD405", message, use.span, "", "", Label(other.span, "the vector comes from here"))
    return other
