"""Every primitive layer, with the parameters that are rare, under ONNX Runtime."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msdl.network.graph import IMAGE, Graph
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    Dropout,
    Flatten,
    Layer,
    Linear,
    Mean,
    Misfit,
    Multiply,
    Pool,
    Shape,
    Shuffle,
    Slice,
    output,
)
from tests.backends.grids import Sketch
from tests.backends.onnx.chained import assert_right

ODD = Shape(6, 9, 11)


def chain(*layers: Layer, image: Shape = ODD) -> Graph:
    """Layers one after another, and nothing else."""
    s = Sketch(image)
    s.head("exits.end", IMAGE, *layers)
    return s.graph()


def joined(join: Layer, count: int, flat: bool = False) -> Graph:
    """A join of several values, some of them one and the same."""
    s = Sketch(ODD)
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    image = s.chain(cell, f"{cell.id}.flat", IMAGE, Flatten()) if flat else IMAGE
    parts = [s.chain(cell, f"{cell.id}.{n}", image, Activation("elu" if n else "sigmoid")) for n in range(2)]
    s.settle(cell, s.add(cell, cell.id, join, *([image, *parts] * count)[:count]))
    s.head("exits.end", cell.id)
    return s.graph()


def gated(*extents: tuple[int, int, int]) -> Graph:
    """A product of maps of these sizes: Slice and AdaptivePool make them from one."""
    s = Sketch(ODD)
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    parts = [
        s.chain(cell, f"{cell.id}.{n}", IMAGE, Slice(0, channels), AdaptivePool(height, width))
        for n, (channels, height, width) in enumerate(extents)
    ]
    s.settle(cell, s.add(cell, cell.id, Multiply(), *parts))
    s.head("exits.end", cell.id)
    return s.graph()


GRAPHS = {
    "conv": chain(Conv(6, 4, (3, 3), padding=(1, 1))),
    "conv with a bias": chain(Conv(6, 4, (1, 1), bias=True)),
    "conv of unlike sides": chain(Conv(6, 4, (1, 3), (2, 1), (0, 1))),
    "conv, dilated": chain(Conv(6, 4, (3, 2), (1, 2), (2, 1), dilation=2)),
    "conv in groups": chain(Conv(6, 4, (3, 3), groups=2, bias=True)),
    "conv of each channel": chain(Conv(6, 6, (3, 3), (2, 2), (1, 1), groups=6)),
    "batch norm": chain(BatchNorm(6, 1e-1)),
    "batch norm behind a conv": chain(Conv(6, 4, (3, 3), bias=True), BatchNorm(4), Activation("relu")),
    "relu": chain(Activation("relu")),
    "relu6": chain(Conv(6, 4, (3, 3)), Multiply(), Activation("relu6")),
    "elu": chain(Activation("elu")),
    "sigmoid": chain(Activation("sigmoid")),
    "softmax of a map": chain(Activation("softmax")),
    "softmax of a vector": chain(Flatten(), Activation("softmax")),
    "adaptive pool to one": chain(AdaptivePool(1, 1)),
    "adaptive pool of one side": chain(AdaptivePool(None, 1)),
    "adaptive pool that keeps all": chain(AdaptivePool(None, None)),
    "adaptive pool to a part": chain(AdaptivePool(3, 11)),
    "adaptive pool to no part": chain(AdaptivePool(4, 3)),
    "adaptive pool to more": chain(AdaptivePool(10, 25)),
    "linear on a map": chain(Linear(6 * 9 * 11, 5)),
    "linear on a vector": chain(AdaptivePool(1, 1), Flatten(), Linear(6, 5, bias=False)),
    "flatten": chain(Flatten()),
    "flatten a vector": chain(Flatten(), Flatten()),
    "dropout": chain(Dropout(0.5)),
    "shuffle": chain(Shuffle(3)),
    "slice": chain(Slice(2, 5)),
    "slice of a vector": chain(Flatten(), Slice(1, 4)),
    "concat of one": joined(Concat(), 1),
    "concat": joined(Concat(), 4),
    "concat of vectors": joined(Concat(), 2, flat=True),
    "add of one": joined(Add(), 1),
    "add": joined(Add(), 2),
    "add of many": joined(Add(), 7),
    "mean of one": joined(Mean(), 1),
    "mean": joined(Mean(), 3),
    "mean of vectors": joined(Mean(), 2, flat=True),
    "multiply of one": joined(Multiply(), 1),
    "multiply": joined(Multiply(), 3),
    "multiply vectors": joined(Multiply(), 2, flat=True),
    "multiply by a gate": gated((6, 9, 11), (6, 1, 1)),
    "multiply by a mask": gated((1, 9, 11), (6, 9, 11)),
    "multiply an outer product": gated((6, 1, 1), (1, 9, 1), (1, 1, 11)),
}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
def test_a_layer_computes_what_torch_does(graph: Graph) -> None:
    assert_right(graph)


@st.composite
def windows(draw: st.DrawFn) -> tuple[Pool, Shape]:
    """A pool and a map that it fits; torch allows padding of half a window."""
    kernel, stride = draw(st.tuples(*[st.integers(1, 4)] * 2)), draw(st.tuples(*[st.integers(1, 5)] * 2))
    height, width = (draw(st.integers(0, side // 2)) for side in kernel)
    kind = draw(st.sampled_from(["max", "average"]))
    pool = Pool(kind, kernel, stride, (height, width), draw(st.booleans()), draw(st.booleans()))
    return pool, Shape(2, draw(st.integers(1, 12)), draw(st.integers(1, 12)))


@st.composite
def convolutions(draw: st.DrawFn) -> tuple[Conv, Shape]:
    groups, dilation = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    inputs, outputs = (groups * draw(st.integers(1, 3)) for _ in range(2))
    kernel, stride, padding = (draw(st.tuples(*[st.integers(*limits)] * 2)) for limits in ((1, 5), (1, 4), (0, 4)))
    conv = Conv(inputs, outputs, kernel, stride, padding, dilation, groups, draw(st.booleans()))
    return conv, Shape(inputs, draw(st.integers(1, 12)), draw(st.integers(1, 12)))


def fits(drawn: tuple[Conv | Pool, Shape]) -> bool:
    layer, shape = drawn
    try:
        return bool(output(layer, [shape]))
    except Misfit:
        return False


@settings(max_examples=50)
@given(convolutions().filter(fits))
def test_a_convolution_is_that_of_torch(drawn: tuple[Conv, Shape]) -> None:
    conv, shape = drawn
    assert_right(chain(conv, BatchNorm(conv.outputs), image=shape))


@settings(max_examples=150)
@given(windows().filter(fits))
def test_windows_are_those_of_torch(drawn: tuple[Pool, Shape]) -> None:
    pool, shape = drawn
    assert_right(chain(pool, image=shape))


@settings(max_examples=50)
@given(st.tuples(*[st.integers(1, 9)] * 2), st.tuples(*[st.none() | st.integers(1, 9)] * 2))
def test_a_map_is_shared_out_as_torch_does(sides: tuple[int, int], wanted: tuple[int | None, int | None]) -> None:
    assert_right(chain(AdaptivePool(*wanted), image=Shape(2, *sides)))
