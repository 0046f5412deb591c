"""The generated module: right by a second opinion, lazy, an ordinary nn.Module, and source fit to be kept."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from msdl.network.graph import IMAGE, Graph
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
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
    Pool,
    Shuffle,
    parameters,
)
from msdl.network.schedule import schedule
from msdl.source import Source
from tests.backends.conftest import Mypy
from tests.backends.generated import assert_right, image, network, run, source
from tests.backends.grids import Sketch, basic, gated, grid, residual, split
from tests.backends.maps import MAPS, hourglass

GRAPHS: list[Callable[[], Graph]] = [grid, residual, gated, split]


def every_layer() -> Graph:
    """One cell a kind of layer, with the arguments that are rare."""
    s = Sketch(name="layers")
    value = IMAGE
    rows: list[Layer] = [
        Conv(3, 4, (3, 3), (1, 1), (1, 1), bias=True),
        Conv(4, 8, (1, 3), (1, 2), (0, 1)),
        Conv(8, 8, (3, 3), (1, 1), (2, 2), 2, 4),
        BatchNorm(8, 1e-3),
        Activation("relu6"),
        Activation("elu"),
        Activation("relu"),
        Shuffle(2),
        Dropout(0.25),
        Activation("relu"),
        Pool("max", (3, 3), (2, 1), (1, 1), ceil=True),
        Pool("average", (3, 3), (1, 1), (1, 1), count_padding=False),
        Pool("average", (2, 2), (2, 2), (0, 0), ceil=True),
        Activation("softmax"),
        AdaptivePool(None, 1),
        Activation("sigmoid"),
        AdaptivePool(2, 3),
        Flatten(),
        Linear(48, 6, bias=False),
        Activation("softmax"),
    ]
    for number, layer in enumerate(rows, start=1):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        value = s.settle(cell, s.chain(cell, cell.id, value, layer))
    s.head("exits.end", value, Linear(6, 3))
    return s.graph()


def joins() -> Graph:
    """Joins of many values, one value read twice, and an exit that puts out what it reads."""
    s = Sketch(name="joins")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    parts = [s.chain(cell, f"{cell.id}.branch_with_a_long_name_{n}", IMAGE, s.conv(IMAGE, 4)) for n in range(9)]
    total = s.add(cell, f"{cell.id}.out.add", Add(), *parts)
    product = s.add(cell, f"{cell.id}.out.mul", Multiply(), *parts)
    mean = s.add(cell, f"{cell.id}.out.mean", Mean(), *parts, total, total)
    s.settle(cell, s.add(cell, f"{cell.id}.out.concat", Concat(), total, product, mean, mean))
    s.head("exits.layer1", f"{cell.id}.out.concat")
    return s.graph()


def scattered() -> Graph:
    """A cell whose nodes an early and a late exit share, read in two places, with gaps in its numbers."""
    s = Sketch(scales=2, name="scattered")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    early = s.chain(cell, f"{cell.id}.horizontal", IMAGE, s.conv(IMAGE, 4), BatchNorm(4))
    late = s.chain(cell, f"{cell.id}.horizontal", early, Activation("relu"), s.conv(early, 6), start=3)
    s.settle(cell, s.add(cell, cell.id, Concat(), early, late))
    s.classifier("exits.layer1", early, name="early")
    other = s.cell("layer2.scale2", "cell", 2, 2)
    value = s.chain(other, f"{other.id}.main", cell.id, s.conv(cell.id, 4), BatchNorm(4), start=1)
    value = s.add(other, f"{other.id}.out.add", Add(), value, early)
    s.settle(other, s.chain(other, f"{other.id}.out", value, Activation("relu"), s.conv(value, 4), start=2))
    s.classifier("exits.layer2", f"{other.id}.out.3", name="late")
    return s.graph()


def held() -> Graph:
    """Two values of one scale are live at once: a variable is not written over while it is still read."""
    s = Sketch(name="held")
    values = [IMAGE]
    for number in (1, 2, 3):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        values.append(s.settle(cell, s.chain(cell, cell.id, values[-1], s.conv(values[-1], 4), Activation("relu"))))
    cell = s.cell("layer4.scale1", "cell", 4, 1)
    s.settle(cell, s.add(cell, cell.id, Concat(), *values))
    s.classifier("exits.layer1", values[1])
    s.classifier("exits.layer4", cell.id)
    return s.graph()


@pytest.mark.parametrize("make", [*GRAPHS, *MAPS, every_layer, joins, scattered, held])
def test_sections_compute_what_the_graph_says(make: Callable[[], Graph]) -> None:
    graph = make()
    model = assert_right(graph)
    keys = {key.rpartition(".")[0] for key in model.state_dict()}
    assert keys == {node.id for node in graph if parameters(node.layer)}


@pytest.mark.parametrize("make", [*GRAPHS, *MAPS, every_layer, joins, scattered, held])
def test_all_exits_come_at_once_or_one_by_one(make: Callable[[], Graph]) -> None:
    graph = make()
    model, batch = network(source(graph)), image(graph)
    kept = batch.clone()
    with torch.no_grad():
        at_once, one_by_one = model(batch), list(model.exits(batch))
    assert isinstance(at_once, tuple)
    for a, b in zip(at_once, one_by_one, strict=True):
        assert torch.equal(a, b)
    assert torch.equal(batch, kept), "nothing writes over the image"


def test_iteration_computes_nothing_ahead() -> None:
    graph = grid(layers=4, exits=(2, 3, 4))
    model, batch = network(source(graph)), image(graph)
    ran: list[str] = []
    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda *_, name=name: ran.append(name))
    expected: list[str] = []
    exits = model.exits(batch)
    for section in schedule(graph).sections:
        assert sorted(ran) == sorted(expected)
        next(exits)
        expected += [id for id in section.nodes if isinstance(graph[id].layer, Conv)]
    assert sorted(ran) == sorted(expected)


def test_attributes_tell_names_input_and_classes() -> None:
    model = run(source(grid(classes=7))).Network
    assert (model.EXITS, model.INPUT, model.CLASSES) == (("exit1", "exit2"), (3, 32, 32), 7)
    assert run(source(_two_widths())).Network.CLASSES is None


def _two_widths() -> Graph:
    s = Sketch()
    s.classifier("exits.a", IMAGE, 3)
    s.classifier("exits.b", IMAGE, 4)
    return s.graph()


def test_docstrings_tell_how_large_maps_are() -> None:
    text = source(hourglass())
    assert '"""The outputs of all exits, each (batch, 5, 9, 11)."""' in text
    assert '"""Up to exit2, at layer 2, scale 1: 5 x 9 x 11."""' in text
    assert "CLASSES: int | None = 5" in text
    assert '"""The outputs of all exits."""' in source(grid())
    assert "exits, (batch, classes) or (batch, C, H, W) each." in source(_a_map_and_a_classifier())


def _a_map_and_a_classifier() -> Graph:
    s = Sketch()
    s.classifier("exits.a", IMAGE, 3)
    s.head("exits.b", IMAGE, s.conv(IMAGE, 3))
    return s.graph()


def test_gradients_reach_every_weight_in_training() -> None:
    """What writes over its input (ReLU behind a batch norm) never touches what a gradient needs."""
    for make in (*GRAPHS, *MAPS, every_layer, scattered, held):
        model = run(source(make())).Network().train()
        sum(logits.square().sum() for logits in model(torch.randn(2, *model.INPUT))).backward()
        assert all(weight.grad is not None for weight in model.parameters())


def test_a_copy_is_a_network_of_its_own() -> None:
    graph = grid()
    model, batch = network(source(graph)), image(graph)
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        for weight in copied.parameters():
            weight.data.zero_()
        assert torch.equal(next(copied.exits(batch)), copied.section1(batch)[0])
        assert not torch.equal(next(copied.exits(batch)), next(model.exits(batch)))
        copied.load_state_dict(model.state_dict())
        assert torch.equal(next(copied.exits(batch)), next(model.exits(batch)))


def test_it_is_an_ordinary_module() -> None:
    graph = grid()
    model, batch = network(source(graph)), image(graph)
    assert isinstance(model.get_submodule("exits.layer2"), nn.Sequential)
    assert len(list(model.exits.children())) == 2
    zeros = {name: torch.zeros_like(weight) for name, weight in model.named_parameters()}
    assert not any(logits.any() for logits in torch.func.functional_call(model, zeros, (batch,)))


def test_weights_start_as_the_published_code_starts_them() -> None:
    """Normal with standard deviation sqrt(2 / (k * k * outputs)); biases at 0."""
    s = Sketch()
    s.head("exits.end", IMAGE, s.conv(IMAGE, 256, 3, bias=True))
    torch.manual_seed(0)
    conv = run(source(s.graph())).Network().get_submodule("exits.end.0")
    assert not conv.bias.any()
    assert conv.weight.std().item() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.05)


def test_transposed_convolutions_start_likewise() -> None:
    s = Sketch()
    s.head("exits.end", IMAGE, Deconv(3, 128, (4, 4), (2, 2), bias=True))
    torch.manual_seed(0)
    deconv = run(source(s.graph())).Network().get_submodule("exits.end.0")
    assert not deconv.bias.any()
    assert deconv.weight.std().item() == pytest.approx((2 / (16 * 128)) ** 0.5, rel=0.05)


def test_a_straight_path_is_a_function_and_a_cell_reads_like_the_paper() -> None:
    text = source(grid())
    assert "def h(c0: int, stride: int = 1) -> nn.Sequential:" in text
    assert "return cat(x, self.diagonal(finer), self.horizontal(x))" in text
    assert '        x2 = self.layer1["scale2"](x2, x1)\n' in text
    assert "        # net.msd:2: layers 4 dense(6) {\n" in text


def test_a_block_of_equations_is_a_class_named_after_it() -> None:
    text = source(residual())
    assert "class Basic(nn.Module):" in text
    assert "class BasicWithoutSkip(nn.Module):" in text
    assert "self.out(self.main(x) + self.skip(x))" in text


# Names and text of the spec

HOSTILE = [
    'a"""b',
    "a'''b",
    "a\nimport os",
    "a\r\x0c\x0b\x1c\x85\u2028\u2029b",
    "back\\slash\\",
    "\\u000aimport os",
    "# coding: utf-7",
    "\u202egnp",
    "\x00\x1b[31m",
    "{{ 7 * 7 }}{% raw %}",
    "# fmt: off",
    "# noqa",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_spec_breaks_out(text: str) -> None:
    """File names, lines, network names, exit names and blocks stay text."""

    def graph(evil: str) -> Graph:
        s = Sketch(name=evil, source=Source(f"dir/{evil}", f"network x\nlayers {evil} tail\n"))
        cell = s.cell("layer1.scale1", "cell", 1, 1)
        value = basic(s, cell, cell.id, IMAGE, 4)
        value = s.settle(cell, s.chain(cell, f"{cell.id}.then", value, *s.conv_bn_relu(value, 4), block=evil))
        s.classifier("exits.layer1", value, name=evil)
        return s.graph()

    written = source(graph(text))
    assert written.isascii()
    assert written.isprintable() or set(written) - {"\n"} <= set(map(chr, range(32, 127)))
    assert (text,) == run(written).Network.EXITS
    plain = [line for line in source(graph("plain")).splitlines() if not line.lstrip().startswith("#")]
    found = [line for line in written.splitlines() if not line.lstrip().startswith("#")]
    assert len(plain) == len(found)
    assert "import os" not in [line.strip() for line in found]


@pytest.mark.parametrize(
    "names",
    [
        ("h", "H", "h_", "_h", "__h__"),
        ("class", "match", "type", "print", "super"),
        ("cat", "nn", "torch", "Tensor", "Network"),
        ("named", "through", "FlatLinear", "Exits", "State"),
        ("9lives", "é", "ß", "", "initialise"),
        ("self", "Basic", "basic", "BASIC", "ba_sic"),
    ],
)
def test_blocks_of_any_name_get_names_of_their_own(names: tuple[str, ...]) -> None:
    s = Sketch(name="names")
    value = IMAGE
    for number in range(10):
        name = names[number % 5]
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        inner = s.chain(
            cell, f"{cell.id}.horizontal", value, *s.conv_bn_relu(value, 3, 3)[: 2 + number % 2], block=name
        )
        s.settle(cell, s.add(cell, cell.id, Concat(), inner, value, block=name))
        value = cell.id
    s.classifier("exits.end", value)
    assert_right(s.graph())


@pytest.mark.parametrize(
    "names", [("self", "super", "input"), ("Tensor", "nn", "cat"), ("out", "y", "x"), ("é", "_a", "4")]
)
def test_equations_of_any_name_are_members(names: tuple[str, ...]) -> None:
    s = Sketch(name="names")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    parts = [s.chain(cell, f"{cell.id}.{name}", IMAGE, *s.conv_bn_relu(IMAGE, 4)) for name in names]
    total = s.add(cell, f"{cell.id}.{names[0]}.add", Add(), *parts, parts[0])
    s.settle(cell, s.add(cell, f"{cell.id}.concat", Concat(), total, *parts))
    s.classifier("exits.end", f"{cell.id}.concat")
    assert_right(s.graph())


def test_blocks_may_nest_a_hundred_deep() -> None:
    """Python gives up at 200 brackets."""
    s = Sketch(name="deep")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    value, paths = IMAGE, [cell.id]
    for _ in range(100):
        value = s.chain(cell, f"{paths[-1]}.main", value, s.conv(value, 3))
        paths.append(f"{paths[-1]}.main.1")
    for path in reversed(paths[:-1]):
        value = s.add(cell, f"{path}.out.add", Add(), value, IMAGE)
    s.settle(cell, value)
    s.classifier("exits.end", value)
    assert_right(s.graph())


def test_a_long_line_of_a_spec_is_cut() -> None:
    s = Sketch(source=Source("net.msd", "x" * 4000))
    s.classifier("exits.end", IMAGE)
    assert max(map(len, source(s.graph()).splitlines())) <= 88


# The source as source


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources of all graphs here."""
    folder = tmp_path_factory.mktemp("written")
    for make in (*GRAPHS, *MAPS, every_layer, joins, scattered, held):
        (folder / f"{make.__name__}.py").write_text(source(make()))
    return folder


def _tool(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("width", [88, 100, 120])
def test_it_is_formatted(written: Path, width: int) -> None:
    _tool("ruff", "format", "--isolated", "--check", "--line-length", str(width), str(written))


def test_it_is_clean(written: Path) -> None:
    rules = "E,F,W,I,UP,B,SIM,N,RET,C4,RUF,ANN"
    _tool("ruff", "check", "--isolated", "--line-length", "88", "--select", rules, "--ignore", "ANN401", str(written))


@pytest.mark.slow
def test_it_is_typed(written: Path, mypy: Mypy) -> None:
    mypy(written)


def test_emission_is_the_same_every_time() -> None:
    assert source(grid()) == source(grid())


def test_the_backend_does_not_load_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, msdl.backends; print('torch' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "False"
