"""Sections as ONNX models: right, whatever the network; called as was said; the same bytes every time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import onnx
import pytest
from hypothesis import given, settings
from torch import Tensor

from msdl.backends.onnx import emit
from msdl.network.graph import IMAGE, Graph
from msdl.network.layers import Activation, Concat, Linear
from msdl.network.schedule import schedule
from msdl.source import Source
from tests.backends.grids import Sketch, gated, grid, residual, split
from tests.backends.onnx.chained import DIGEST, VERSION, arrays, assert_export_right, assert_right, drawn, models
from tests.backends.small import NETWORKS, small
from tests.backends.test_torch import HOSTILE, every_layer, held, joins, scattered
from tests.laws.sketches import SKETCHES
from tests.laws.sketches import Sketch as Spec
from tests.laws.words import compiled

Weights = dict[str, Tensor]


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_of_the_library(name: str) -> None:
    assert_export_right(small(name).network, 1)


@settings(max_examples=40)
@given(SKETCHES)
def test_random_networks(spec: Spec) -> None:
    assert_right(compiled(spec.text).network)


def shared() -> Graph:
    """Exits that are read on, that share features or all they put out, and that put out the image itself."""
    s = Sketch(name="shared")
    s.head("exits.image", IMAGE, name="image")
    values = [IMAGE]
    for number in (1, 2, 3):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        value = s.chain(cell, cell.id, values[-1], s.conv(values[-1], 4), Activation("relu"))
        values.append(s.settle(cell, value))
    s.head("exits.read_on", values[1], name="read_on")
    s.classifier("exits.one", values[2], name="one")
    s.classifier("exits.other", values[2], name="other")
    s.exits.append(replace(s.exits[-1], name="the same"))
    cell = s.cell("layer4.scale1", "cell", 4, 1)
    s.settle(cell, s.add(cell, cell.id, Concat(), IMAGE, *values[2:]))
    s.classifier("exits.last", cell.id, name="last")
    return s.graph()


def read_within() -> Graph:
    """An exit that reads what another puts out: the logits are the state."""
    s = Sketch(name="within")
    s.classifier("exits.first", IMAGE, name="first")
    s.head("exits.second", "exits.first.1", Linear(5, 4), name="second")
    return s.graph()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "make", [grid, residual, gated, split, every_layer, joins, scattered, held, shared, read_within]
)
def test_networks_by_hand(make: Callable[[], Graph], count: int) -> None:
    assert_right(make(), count)


# What the models say of themselves


def test_nodes_are_called_by_their_ids_and_lead_back_to_the_spec() -> None:
    graph = grid()
    loaded = [onnx.load_from_string(section.content) for section in models(graph, drawn(graph))]
    for model, section in zip(loaded, schedule(graph).sections, strict=True):
        named = {node.name: node for node in model.graph.node}
        assert [name for name in named if "/" not in name] == list(section.nodes)
        assert all(node.doc_string == "net.msd:2: layers 4 dense(6) {" for node in named.values())


def test_headers_tell_the_version_the_digest_and_the_exit() -> None:
    graph = scattered()
    for section, exit in zip(models(graph, drawn(graph)), graph.exits, strict=True):
        model = onnx.load_from_string(section.content)
        assert (model.producer_name, model.producer_version) == ("msdl", VERSION)
        assert {entry.key: entry.value for entry in model.metadata_props} == {"digest": DIGEST, "exit": exit.name}


def test_weights_keep_their_keys_and_each_is_in_one_section() -> None:
    graph = grid()
    weights = drawn(graph)
    loaded = [onnx.load_from_string(section.content) for section in models(graph, weights)]
    constants = [constant.name for model in loaded for constant in model.graph.initializer]
    kept = [name for name in constants if "/" not in name]  # the others follow from the layers alone
    assert sorted(kept) == sorted(weights)


def test_a_value_that_only_passes_through_is_not_copied() -> None:
    graph = held()
    first, _ = (onnx.load_from_string(section.content) for section in models(graph, drawn(graph)))
    assert IMAGE in {value.name for value in first.graph.output}
    assert not [node for node in first.graph.node if node.op_type == "Identity" and IMAGE in node.input]


def test_onnx_runtime_has_nothing_to_warn_of(capfd: pytest.CaptureFixture[str]) -> None:
    """Not even of weights that nothing reads, or of nodes that it would rather have otherwise."""
    assert_right(every_layer())
    assert capfd.readouterr().err == ""


def test_emission_is_the_same_every_time() -> None:
    graph = grid()
    weights = drawn(graph)
    assert models(graph, weights) == models(graph, dict(reversed(weights.items())))


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_of_a_spec_can_be_written(text: str) -> None:
    s = Sketch(name=text, source=Source(f"dir/{text}", f"network x\nlayers {text} tail\n"))
    s.classifier("exits.layer1", IMAGE, name=text)
    assert_right(s.graph())


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        (lambda weights: weights.pop("exits.layer2.1.bias"), KeyError, "no weight 'exits.layer2.1.bias'"),
        (lambda weights: weights.update({"stem.0.weight": weights["stem.1.weight"]}), ValueError, "'stem.0.weight'"),
        (lambda weights: weights.update({"stem.1.bias": weights["stem.1.bias"].double()}), ValueError, "float64"),
    ],
)
def test_weights_have_to_fit(change: Callable[[Weights], object], error: type[Exception], said: str) -> None:
    graph = grid()
    weights = drawn(graph)
    change(weights)
    with pytest.raises(error, match=said):
        list(emit(graph, schedule(graph), arrays(weights), DIGEST, VERSION))


def test_other_backends_do_not_load_onnx() -> None:
    code = "import sys; from msdl.backends import backend; backend('torch'); print('onnx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
