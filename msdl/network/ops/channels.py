"""Ops that put the channels of a map into another order, or part them."""

from __future__ import annotations

from msdl.diagnostics import mistake
from msdl.language.evaluate import whole
from msdl.network.layers import Layer, Shape, Shuffle, Slice
from msdl.network.ops.use import NotKnown, Use

MOST_PARTS = 1_000


def shuffle(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`shuffle(groups)` (ShuffleNet, Zhang et al. 2018, figure 1)."""
    groups = use.size("groups")
    if shape.channels % groups:
        raise mistake("MSD404", f"{groups} groups don't divide the {shape.channels} channels that arrive.", use.span)
    return (Shuffle(groups),)


def split(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`split(n)`: equal parts."""
    parts = use.size("n", most=MOST_PARTS)
    if shape.channels % parts:
        raise mistake("MSD404", f"{shape.channels} channels don't split into {parts} equal parts.", use.span)
    step = shape.channels // parts
    return tuple(Slice(step * k, step * (k + 1)) for k in range(parts))


def cut(use: Use, shape: Shape) -> tuple[Layer, ...]:
    """`cut(c1, c2, ..)`: parts of these channels."""
    widths = [whole(extra.value, extra.span, "A part's channels") for extra in use.extra]
    known = [width for width in widths if isinstance(width, int)]
    if len(known) < len(widths):
        raise NotKnown
    if sum(known) != shape.channels:
        total = " + ".join(map(str, known)) or "0"
        message = f"The parts hold {total} = {sum(known)} channels, but {shape.channels} arrive."
        raise mistake("MSD404", message, use.span)
    ends = [sum(known[: k + 1]) for k in range(len(known))]
    return tuple(Slice(end - width, end) for end, width in zip(ends, known, strict=True))
