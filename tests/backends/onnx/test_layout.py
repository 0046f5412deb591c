"""Graphs are written so that ONNX Runtime needn't put a dense history into blocks of channels again and again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
import onnxruntime
import pytest
from onnx import ModelProto, helper

import msdl
from msdl.network.folding import folded
from msdl.network.graph import IMAGE
from msdl.network.layers import (
    Activation,
    Affine,
    BatchNorm,
    Concat,
    Conv,
    Deconv,
    Layer,
    Pad,
    Pool,
    Resize,
    Shape,
    Slice,
)
from msdl.runtime.engines.onnx import options
from tests.backends.grids import Sketch
from tests.backends.onnx.chained import assert_right, drawn, models

POOL = Pool("max", (2, 2), (2, 2), (0, 0))

SPEC = """\
network grid(growth = 16) {{
  input 3 x 16 x 16
  scales 2 {{ width 16 * s;  new growth * s }}
  stem conv3x3(width) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 4 dense(new) {{
    diagonal conv1x1(16) {head} conv3x3(share)/2 bn relu
    horizontal conv1x1(16) {head} conv3x3(share) bn relu
  }}
  exits at 2, 4: gap linear(2)
}}
"""


def sections(growth: int, head: str = "bn relu") -> list[ModelProto]:
    compilation = msdl.Compilation.of_text(SPEC.format(head=head), growth=growth)
    graph = folded(compilation.network).graph
    return [onnx.load_from_string(section.content) for section in models(graph, drawn(graph))]


def operators(model: ModelProto) -> Counter[str]:
    """Operators, with the sides of their windows."""
    found: Counter[str] = Counter()
    for node in model.graph.node:
        sides = {each.name: len(helper.get_attribute_value(each)) for each in node.attribute if each.name[0] == "k"}
        found[f"{node.op_type}{sides.get('kernel_shape', '')}"] += 1
    return found


@pytest.mark.parametrize("growth", [6, 16, 24])
def test_1x1_convolutions_read_a_history_that_does_not_fill_blocks_as_a_row_of_pixels(growth: int) -> None:
    first, second = sections(growth)
    # The first layer reads the stem, whose 16 and 32 channels fill their blocks; later ones read concatenations.
    pixels = {6: (2, 6), 16: (0, 0), 24: (2, 6)}[growth]
    assert (operators(first)["Conv1"], operators(second)["Conv1"]) == pixels


def test_a_state_that_stays_in_blocks_is_brought_there_once() -> None:
    for growth, brought in ((16, 2), (6, 0)):
        first, second = sections(growth)
        assert operators(first)["MaxPool2"] == 0
        assert operators(second)["MaxPool2"] == brought


@pytest.mark.parametrize("head", ["relu", "bn relu", "sigmoid", "elu"])
def test_a_relu_belongs_to_the_product_before_it(head: str) -> None:
    _, second = sections(6, head)
    reshaped = [node for node in second.graph.node if node.op_type == "Reshape"]
    behind = {node.input[0]: node.op_type for node in second.graph.node}
    products = [node for node in second.graph.node if operators_of(node) == (1,)]
    assert len(reshaped) == 2 * len(products)
    assert {behind[node.output[0]] for node in products} == {"Relu" if head.endswith("relu") else "Reshape"}


def operators_of(node: onnx.NodeProto) -> tuple[int, ...]:
    return next((tuple(each.ints) for each in node.attribute if each.name == "kernel_shape"), ())


# What the second part of a concatenation comes through, and whether ONNX Runtime leaves it in blocks.
PARTS: dict[str, tuple[tuple[Layer, ...], bool]] = {
    "conv": ((Conv(32, 32, (3, 3), padding=(1, 1)), Activation("relu")), True),
    "conv of each channel": ((Conv(32, 32, (3, 3), padding=(1, 1), groups=32),), True),
    "conv in small groups": ((Conv(32, 32, (3, 3), padding=(1, 1), groups=4),), False),
    "conv in large groups": ((Conv(32, 32, (3, 3), padding=(1, 1), groups=2),), True),
    "norm behind a pool": ((Pool("average", (3, 3), (1, 1), (1, 1)), BatchNorm(32), Activation("sigmoid")), True),
    "elu": ((Conv(32, 32, (1, 1)), Activation("elu")), False),
    "whole scale": ((POOL, Resize(16, 16)), True),
    "whole scale, corners": ((POOL, Resize(16, 16, corners=True)), True),
    "whole scale, nearest": ((POOL, Resize(16, 16, "nearest")), True),
    "another scale": ((Conv(32, 32, (5, 5)), Resize(16, 16)), False),
    "deconv": ((POOL, Deconv(32, 32, (2, 2), (2, 2))), False),
    "pad": ((Conv(32, 32, (3, 3)), Pad(1, 1, 1, 1)), False),
    "crop": ((Conv(32, 32, (1, 1), padding=(1, 1)), Pad(-1, -1, -1, -1)), False),
    "scaled": ((Conv(32, 32, (1, 1)), Affine(-1, 1)), False),
    "slice": ((Conv(32, 64, (1, 1)), Slice(0, 32)), False),
}


@pytest.mark.parametrize(("layers", "kept"), PARTS.values(), ids=PARTS)
def test_a_1x1_convolution_is_a_product_where_a_part_has_left_its_blocks(
    layers: tuple[Layer, ...], kept: bool, tmp_path: Path
) -> None:
    """Where it isn't, ONNX Runtime takes the concatenation as it is."""
    s = Sketch(Shape(16, 16, 16))
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    first = s.chain(cell, "layer1.scale1.a", IMAGE, Conv(16, 32, (3, 3), padding=(1, 1)), Activation("relu"))
    second = s.chain(cell, "layer1.scale1.b", first, *layers)
    s.settle(cell, s.add(cell, cell.id, Concat(), first, second))
    s.head("exits.end", cell.id, Conv(64, 32, (1, 1)))
    assert_right(s.graph())
    (section,) = models(s.graph(), drawn(s.graph()))
    model = onnx.load_from_string(section.content)
    assert operators(model)["Conv1"] == (0 if kept else 1)
    found = optimised(model, tmp_path)
    if kept and operators(found)["ReorderInput"]:
        makers = {name: node.op_type for node in found.graph.node for name in node.output}
        (concat,) = (node for node in found.graph.node if node.op_type == "Concat")
        assert "ReorderOutput" not in {makers[name] for name in concat.input}


@pytest.mark.parametrize("growth", [6, 16])
def test_what_onnx_runtime_makes_of_it(growth: int, tmp_path: Path) -> None:
    """Where blocks are filled, maps go into them and out of them at a section's ends alone."""
    _, second = sections(growth)
    found = operators(optimised(second, tmp_path))
    if not found["ReorderInput"]:
        pytest.skip("on this processor ONNX Runtime has no blocks")
    states = len(second.graph.input)
    assert found["ReorderInput"] <= states if growth == 16 else found["FusedConv1"] + found["Conv1"] > 0


def optimised(model: ModelProto, folder: Path) -> ModelProto:
    """The graph that ONNX Runtime runs instead, on this processor."""
    settings = options()
    settings.optimized_model_filepath = str(folder / "optimised.onnx")
    settings.log_severity_level = 4  # it warns that what it writes is for this processor alone
    onnxruntime.InferenceSession(model.SerializeToString(), settings, providers=["CPUExecutionProvider"])
    return onnx.load(settings.optimized_model_filepath)
