"""Graphs built by hand whose exits are maps: layers that change a map's size, an hourglass, numbers on values."""

from __future__ import annotations

from msdl.network.graph import IMAGE, Cell, Graph
from msdl.network.layers import (
    Activation,
    Add,
    Affine,
    BatchNorm,
    Concat,
    Deconv,
    Layer,
    Mean,
    Multiply,
    Pad,
    Pool,
    Resize,
    Shape,
    Unpool,
)
from tests.backends.grids import RELU, Sketch

POOL = Pool("max", (2, 2), (2, 2), (0, 0))
UNPOOL = Unpool((2, 2), (2, 2), (0, 0))


def every_size() -> Graph:
    """One cell a kind of layer that changes a map's size, with the arguments that are rare."""
    s = Sketch(Shape(3, 8, 10), name="sizes")
    value = IMAGE
    rows: list[Layer] = [
        Deconv(3, 4, (2, 2), (2, 2), bias=True),
        Deconv(4, 6, (3, 4), (1, 2), (1, 0), groups=2),
        RELU,
        Resize(9, 20, "nearest"),
        Resize(16, 16),
        Resize(5, 31, corners=True),
        Pad(1, 1, 1, 1),
        Pad(2, 0, -3, 1),
        RELU,
        Pad(-1, -1, -1, -1),
        Deconv(6, 6, (3, 3), (3, 3), (1, 1), groups=3, bias=True),
        BatchNorm(6),
        RELU,
        Deconv(6, 2, (1, 1), (1, 1)),
        Resize(1, 1),
        Resize(4, 4),
    ]
    for number, layer in enumerate(rows, start=1):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        value = s.settle(cell, s.chain(cell, cell.id, value, layer))
    s.head("exits.early", "layer5.scale1.0", s.conv("layer5.scale1.0", 2, 1), Resize(8, 10))
    s.head("exits.end", value, s.conv(value, 2, 1))
    return s.graph()


def hourglass() -> Graph:
    """SegNet's way down and up, an exit halfway: what the first pool read is in the state, and is read twice."""
    s = Sketch(Shape(3, 9, 11), 3, "hourglass")
    kept = {1: _twice(s, s.cell("down.scale1", "cell", 1, 1), "then", IMAGE, 4)}
    for scale in (2, 3):
        cell = s.cell(f"down.scale{scale}", "cell", 1, scale)
        pooled = s.chain(cell, f"{cell.id}.vertical", kept[scale - 1], POOL)
        kept[scale] = _twice(s, cell, "then", pooled, 4)
    value = kept[3]
    for scale in (2, 1):
        cell = s.cell(f"up.scale{scale}", "cell", 2, scale)
        spread = s.add(cell, f"{cell.id}.vertical.unpool", UNPOOL, value, kept[scale])
        inner = s.chain(cell, f"{cell.id}.vertical", spread, s.conv(spread, 4), BatchNorm(4), start=1)
        joined = s.add(cell, f"{cell.id}.join", Add(), kept[scale], inner)
        value = _twice(s, cell, "then", joined, 4)
        s.head(f"exits.scale{scale}", value, s.conv(value, 5, 1, bias=True), Resize(9, 11))
    return s.graph()


def _twice(s: Sketch, cell: Cell, name: str, value: str, outputs: int) -> str:
    value = s.chain(cell, f"{cell.id}.{name}", value, *s.conv_bn_relu(value, outputs), block="twice")
    more = s.conv_bn_relu(value, outputs)
    return s.settle(cell, s.chain(cell, f"{cell.id}.{name}", value, *more, start=3, block="twice"))


def overlapping() -> Graph:
    """Pools with padding and a ceiling, undone; only values that no two windows share are spread."""
    s = Sketch(Shape(3, 7, 8), name="ceilings")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    parts = []
    for number, (kernel, stride, padding, ceil) in enumerate(CEILINGS):
        pool = Pool("max", kernel, stride, padding, ceil)
        pooled = s.chain(cell, f"{cell.id}.y{number}", IMAGE, pool)
        back = Unpool(kernel, stride, padding, ceil)
        parts.append(s.add(cell, f"{cell.id}.out.unpool{number}", back, pooled, IMAGE))
    s.settle(cell, s.add(cell, f"{cell.id}.out.concat", Concat(), *parts))
    s.head("exits.end", f"{cell.id}.out.concat", s.conv(f"{cell.id}.out.concat", 2, 1))
    return s.graph()


CEILINGS = [((2, 2), (2, 2), (0, 0), True), ((3, 3), (3, 3), (1, 1), False), ((2, 3), (3, 3), (0, 1), True)]


LONG = "a_long_name_for_the_equation_of_a_gate"


def numbers() -> Graph:
    """`1 - t`, `a - b`, `0.1 * x` and their like, in sums, products and means, in one another, and alone."""
    s = Sketch(name="numbers")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    a, b = (s.chain(cell, f"{cell.id}.{name}", IMAGE, s.conv(IMAGE, 4), RELU) for name in ("a", "b"))
    gate = s.chain(cell, f"{cell.id}.gate", IMAGE, s.conv(IMAGE, 4), Activation("sigmoid"))

    def number(name: str, scale: float, shift: float, value: str) -> str:
        return s.add(cell, f"{cell.id}.{name}.affine", Affine(scale, shift), value)

    def join(name: str, layer: Layer, *values: str) -> str:
        return s.add(cell, f"{cell.id}.{name}.join", layer, *values)

    carried = join("y1", Multiply(), a, number("left", -1, 1, gate))
    taken = join("y2", Add(), join("y3", Multiply(), b, gate), carried, number("minus", -1, 0, a))
    small = join("y4", Add(), number("tenth", -0.1, 0, b), taken, number("third", 1 / 3, 0, a), number("z", 2, 1, b))
    both = number("sum", -1.5, -2, join("y5", Add(), a, b))
    more = number("twice", 1, -3, number("again", -1, 0, number("inner", 4, 0.5, both)))
    longest = join("y6", Multiply(), *(number(f"n{n}", -n / 7, n / 3, gate) for n in range(1, 6)))
    far = number(f"{LONG}1", 1 / 7, 0, gate)
    farther = number(f"{LONG}2", -1 / 9, 0.25, far)
    told = join("y7", Add(), far, farther, far, number(f"{LONG}3", -1 / 3, 0, farther), gate)
    total = join("out", Mean(), small, more, longest, number("last", 1, 7, small), told)
    s.settle(cell, s.chain(cell, f"{cell.id}.out", total, RELU))
    s.head("exits.end", f"{cell.id}.out.0", s.conv(f"{cell.id}.out.0", 2, 1))
    return s.graph()


MAPS = [every_size, hourglass, overlapping, numbers]
