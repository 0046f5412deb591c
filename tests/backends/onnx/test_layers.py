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
    Affine,
    BatchNorm,
    Concat,
    Conv,
    Deconv,
    Dropout,
    Flatten,
    Layer,
    Linear,
    Mean,
    Multiply,
    Pad,
    Pair,
    Pool,
    Resize,
    ResizeMode,
    Shape,
    Shuffle,
    Slice,
    Unpool,
)
from msdl.network.shapes import Misfit, output
from tests.backends.grids import Sketch
from tests.backends.onnx.chained import assert_nothing_from_nothing, assert_right, drawn, models

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


def unpooled(kernel: Pair, stride: Pair, padding: Pair, ceil: bool, source: Shape) -> Graph:
    """A max pool undone: what is spread is not what the pool put out. After the ReLU many windows hold zeros alone."""
    s = Sketch(source)
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    read = s.add(cell, f"{cell.id}.0", Activation("relu"), IMAGE)
    spread = s.chain(
        cell, f"{cell.id}.spread", read, Pool("max", kernel, stride, padding, ceil), Affine(-1, 1), Activation("elu")
    )
    s.settle(cell, s.add(cell, cell.id, Unpool(kernel, stride, padding, ceil), spread, read))
    s.head("exits.end", cell.id)
    return s.graph()


GRAPHS = {
    "conv": chain(Conv(6, 4, (3, 3), padding=(1, 1))),
    "conv with a bias": chain(Conv(6, 4, (1, 1), bias=True)),
    "conv of unlike sides": chain(Conv(6, 4, (1, 3), (2, 1), (0, 1))),
    "conv, dilated": chain(Conv(6, 4, (3, 2), (1, 2), (2, 1), dilation=2)),
    "conv in groups": chain(Conv(6, 4, (3, 3), groups=2, bias=True)),
    "conv of each channel": chain(Conv(6, 6, (3, 3), (2, 2), (1, 1), groups=6)),
    "deconv": chain(Deconv(6, 4, (2, 2), (2, 2))),
    "deconv with a bias": chain(Deconv(6, 4, (4, 4), (2, 2), (1, 1), bias=True)),
    "deconv of unlike sides": chain(Deconv(6, 4, (2, 5), (1, 3), (0, 2))),
    "deconv in groups": chain(Deconv(6, 4, (3, 3), (2, 2), (1, 1), groups=2, bias=True)),
    "deconv of each channel": chain(Deconv(6, 6, (4, 4), (2, 2), (1, 1), groups=6)),
    "deconv before a batch norm": chain(Deconv(6, 4, (2, 2), (2, 2), bias=True), BatchNorm(4), Activation("relu")),
    "unpool": unpooled((2, 2), (2, 2), (0, 0), False, Shape(3, 8, 6)),
    "unpool, odd": unpooled((2, 2), (2, 2), (0, 0), False, ODD),
    "unpool, odd, in ceil mode": unpooled((2, 2), (2, 2), (0, 0), True, ODD),
    "unpool with padding": unpooled((3, 3), (3, 3), (1, 1), False, Shape(3, 10, 7)),
    "unpool with gaps": unpooled((2, 1), (3, 2), (1, 0), False, ODD),
    "resize": chain(Resize(18, 22)),
    "resize to less": chain(Resize(4, 3)),
    "resize, corners": chain(Resize(17, 23, corners=True)),
    "resize to a row, corners": chain(Resize(1, 23, corners=True)),
    "resize of a pixel": chain(AdaptivePool(1, 1), Resize(9, 11)),
    "resize of a pixel, corners": chain(AdaptivePool(1, 1), Resize(9, 11, corners=True)),
    "resize to a pixel": chain(Resize(1, 1)),
    "resize to the same": chain(Resize(9, 11)),
    "resize of one side": chain(Resize(9, 33, "nearest")),
    "nearest": chain(Resize(18, 33, "nearest")),
    "nearest of no multiple": chain(Resize(14, 15, "nearest")),
    "nearest of less": chain(Resize(3, 4, "nearest")),
    "pad": chain(Pad(1, 2, 3, 4)),
    "crop": chain(Pad(-1, -2, -3, -4)),
    "crop rows, pad columns": chain(Pad(-1, 0, 2, 0)),
    "cut before, pad behind": chain(Pad(-2, 3, 1, -1)),
    "pad by nothing": chain(Pad(0, 0, 0, 0)),
    "scaled": chain(Affine(0.1, 0)),
    "the rest to 1": chain(Affine(-1, 1)),
    "shifted": chain(Affine(1, 0.5)),
    "as it was": chain(Affine(1, 0)),
    "scaled, a vector": chain(Flatten(), Affine(2, -1)),
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
    for section in models(graph, drawn(graph)):
        assert_nothing_from_nothing(section)


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


def fits(drawn: tuple[Conv | Deconv | Pool, Shape]) -> bool:
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


@st.composite
def deconvolutions(draw: st.DrawFn) -> tuple[Deconv, Shape]:
    groups = draw(st.integers(1, 3))
    inputs, outputs = (groups * draw(st.integers(1, 3)) for _ in range(2))
    kernel, stride, padding = (draw(st.tuples(*[st.integers(*limits)] * 2)) for limits in ((1, 5), (1, 4), (0, 3)))
    deconv = Deconv(inputs, outputs, kernel, stride, padding, groups, draw(st.booleans()))
    return deconv, Shape(inputs, draw(st.integers(1, 9)), draw(st.integers(1, 9)))


@settings(max_examples=50)
@given(deconvolutions().filter(fits))
def test_a_transposed_convolution_is_that_of_torch(drawn: tuple[Deconv, Shape]) -> None:
    deconv, shape = drawn
    assert_right(chain(deconv, BatchNorm(deconv.outputs), image=shape))


@settings(max_examples=100)
@given(
    st.tuples(*[st.integers(1, 40)] * 4), st.sampled_from([("bilinear", False), ("bilinear", True), ("nearest", False)])
)
def test_maps_are_resized_as_torch_does(sides: tuple[int, int, int, int], how: tuple[ResizeMode, bool]) -> None:
    height, width, *wanted = sides
    assert_right(chain(Resize(*wanted, *how), image=Shape(2, height, width)))


@settings(max_examples=100)
@given(windows().filter(lambda drawn: drawn[0].stride >= drawn[0].kernel and fits(drawn)), st.integers(1, 3))
def test_max_pools_are_undone_as_torch_does(drawn: tuple[Pool, Shape], count: int) -> None:
    pool, source = drawn
    assert_right(unpooled(pool.kernel, pool.stride, pool.padding, pool.ceil, source), count)
