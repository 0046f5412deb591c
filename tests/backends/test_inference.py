"""The module for inference: the same logits from the weights of training, which it folds by itself."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from msdl.backends import backend
from msdl.compilation import Compilation
from msdl.network.folding import folded
from msdl.network.graph import IMAGE, Graph
from msdl.network.layers import Activation, Add, BatchNorm, Concat, Conv, Deconv, Dropout, Layer, Mean, Slice
from msdl.network.schedule import schedule
from msdl.runtime.folding import folded_weights
from tests.backends.conftest import Mypy
from tests.backends.generated import image, network, run, source
from tests.backends.grids import Sketch, gated, grid, residual, split
from tests.backends.maps import MAPS, hourglass
from tests.backends.small import KINDS, NETWORKS, small
from tests.laws import sketches
from tests.laws.words import compiled

RELU = Activation("relu")


def chains() -> Graph:
    """Batch norms elsewhere than right behind their convolution, with other epsilons, and those that have to stay."""
    s = Sketch(name="chains")
    rows: dict[str, list[Layer]] = {
        "head": [Conv(3, 4, (3, 3), (1, 1), (1, 1), bias=True), BatchNorm(4)],
        "wide": [Conv(4, 4, (3, 3), padding=(1, 1)), Dropout(0.1), Dropout(0.2), BatchNorm(4), RELU, BatchNorm(4)],
        "odd": [Conv(4, 6, (1, 1), groups=2), BatchNorm(6, 1e-2), RELU, RELU],
        "last": [Conv(6, 6, (1, 1))],
        "then": [BatchNorm(6), Dropout(0.3), RELU, Conv(6, 4, (3, 3), (2, 2)), BatchNorm(4)],
    }
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    value = IMAGE
    for name, layers in rows.items():
        value = s.chain(cell, f"{cell.id}.{name}", value, *layers)
    s.classifier("exits.layer1", s.settle(cell, value))
    return s.graph()


def shared() -> Graph:
    """A convolution that two read, one that an exit puts out, and one whose value a later section reads."""
    s = Sketch(name="shared")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    conv = s.chain(cell, f"{cell.id}.two", IMAGE, s.conv(IMAGE, 4))
    norm = s.chain(cell, f"{cell.id}.two", conv, BatchNorm(4), RELU, start=1)
    s.settle(cell, s.add(cell, cell.id, Concat(), conv, norm))
    s.head("exits.first", cell.id, s.conv(cell.id, 3))
    s.head("exits.second", "exits.first.0", BatchNorm(3), RELU)
    later = s.cell("layer2.scale1", "cell", 2, 1)
    s.settle(later, s.chain(later, later.id, cell.id, RELU, s.conv(cell.id, 5), Dropout(0.5), RELU))
    s.classifier("exits.third", later.id + ".3")
    return s.graph()


def joins() -> Graph:
    """What stands before a ReLU: joins of several values and of one, a slice, the image, and a value read twice."""
    s = Sketch(name="joins")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    base = s.chain(cell, f"{cell.id}.base", IMAGE, s.conv(IMAGE, 4), RELU)
    values = [s.chain(cell, f"{cell.id}.raw", IMAGE, RELU, s.conv(IMAGE, 4))]
    sources: dict[str, tuple[Layer, tuple[str, ...]]] = {
        "concat": (Concat(), (base, base)),
        "add": (Add(), (base, values[0])),
        "mean": (Mean(), (base, values[0])),
        "alone": (Add(), (base,)),
        "slice": (Slice(0, 2), (base,)),
    }
    for name, (layer, inputs) in sources.items():
        joined = s.add(cell, f"{cell.id}.{name}.join", layer, *inputs)
        values.append(s.chain(cell, f"{cell.id}.{name}.out", joined, RELU, s.conv(joined, 3)))
    s.settle(cell, s.add(cell, cell.id, Concat(), base, *values))
    s.classifier("exits.layer1", cell.id)
    return s.graph()


def spread() -> Graph:
    """Transposed convolutions, in groups and with a bias, before their batch norms; one that a second value joins."""
    s = Sketch(name="spread")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    rows: list[Layer] = [
        Deconv(3, 4, (2, 2), (2, 2), bias=True),
        BatchNorm(4),
        Conv(4, 4, (1, 1)),
        BatchNorm(4),
        RELU,
        Deconv(4, 6, (3, 3), (2, 2), (1, 1), groups=2),
        Dropout(0.1),
        BatchNorm(6, 1e-2),
        RELU,
        Deconv(6, 6, (4, 4), (2, 2), (1, 1), groups=6, bias=True),
        BatchNorm(6),
    ]
    value = s.chain(cell, f"{cell.id}.up", IMAGE, *rows)
    two = s.chain(cell, f"{cell.id}.two", value, Deconv(6, 6, (1, 1), (1, 1)))
    norm = s.chain(cell, f"{cell.id}.two", two, BatchNorm(6), RELU, start=1)
    s.settle(cell, s.add(cell, cell.id, Concat(), two, norm))
    s.head("exits.layer1", cell.id, s.conv(cell.id, 3, 1))
    return s.graph()


GRAPHS: list[Callable[[], Graph]] = [grid, residual, gated, split, chains, shared, joins, *MAPS, spread]


def text(graph: Graph) -> str:
    return backend("inference")(graph, schedule(graph), "0123abcd", "1.2.3")


def sections(model: Any, images: Tensor) -> Iterator[tuple[Tensor, ...]]:
    """The logits and the state of every section; neither is written to by those after it."""
    state: tuple[Tensor, ...] = (images,)
    for number, _ in enumerate(model.EXITS, start=1):
        before = [value.clone() for value in state]
        logits, after = getattr(model, f"section{number}")(*state)
        assert all(torch.equal(value, was) for value, was in zip(state, before, strict=True))
        yield (logits, *after)
        state = after


@torch.no_grad()
def assert_same(graph: Graph) -> None:
    """Every section's logits and state are those of the ordinary module, and so are all exits at once or one by one."""
    trained, images = network(source(graph)), image(graph)
    model: Any = run(text(graph)).Network().double()
    assert not any(model.load_state_dict(trained.state_dict()))
    both = zip(sections(model, images), sections(trained, images), strict=True)
    found = [values for pair in both for values in zip(*pair, strict=True)]
    for here, there in found:
        torch.testing.assert_close(here, there, rtol=1e-9, atol=1e-9)
    for outputs in (model(images), list(model.exits(images))):
        torch.testing.assert_close(list(outputs), list(trained(images)), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("make", GRAPHS)
def test_it_puts_out_what_the_ordinary_module_does(make: Callable[[], Graph]) -> None:
    assert_same(make())


@settings(max_examples=25, derandomize=True, deadline=None)
@given(sketches.SKETCHES)
def test_so_it_does_for_any_network(sketch: sketches.Sketch) -> None:
    compilation = compiled(sketch.text)
    assert_same(compilation.network)
    for number, _ in enumerate(compilation.network.exits, start=1):
        assert_same(compiled(sketch.text, exit=number).network)


@pytest.mark.parametrize("name", KINDS)
def test_so_it_does_for_every_kind_of_network(name: str) -> None:
    assert_same(small(name).network)


@pytest.mark.parametrize("name", NETWORKS)
def test_it_takes_the_weights_of_every_network_of_the_library(name: str) -> None:
    """And puts out as many numbers: computed without any, which takes no time."""
    compilation = Compilation.of(name)
    with torch.device("meta"):
        trained: Any = run(compilation.emit("torch")).Network().eval()
        model: Any = run(compilation.emit("inference")).Network()
        assert not any(model.load_state_dict(trained.state_dict()))
        images = torch.empty(2, *model.INPUT)
        assert [logits.shape for logits in model(images)] == [logits.shape for logits in trained(images)]


@pytest.mark.parametrize("make", GRAPHS)
def test_keys_are_those_of_the_folded_graph(make: Callable[[], Graph]) -> None:
    """What it loads is what `folded_weights` makes; its own weights go in and out unchanged."""
    graph = make()
    trained, model = network(source(graph)), run(text(graph)).Network().double()
    model.load_state_dict(trained.state_dict())
    expected = folded_weights(trained.state_dict(), folded(graph).folds)
    found = model.state_dict()
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        torch.testing.assert_close(found[key], value, rtol=1e-12, atol=1e-12)
    again = run(text(graph)).Network().double()
    again.load_state_dict(found)
    assert all(torch.equal(value, found[key]) for key, value in again.state_dict().items())


def test_batch_norms_that_are_elsewhere_stand_in_a_table() -> None:
    written = text(chains())
    assert "EPS = 1e-05\n" in written
    for entry in (
        '    "layer1.scale1.wide.0": ("layer1.scale1.wide.3", 1e-05),\n',
        '    "layer1.scale1.odd.0": ("layer1.scale1.odd.1", 0.01),\n',
        '    "layer1.scale1.last.0": ("layer1.scale1.then.0", 1e-05),\n',
    ):
        assert entry in written
    assert '"layer1.scale1.head.0":' not in written, "it is right before its batch norm"
    assert "NORMS" not in text(grid())


def test_a_network_without_batch_norms_has_nothing_to_fold() -> None:
    s = Sketch(name="bare")
    s.head("exits.end", IMAGE, s.conv(IMAGE, 4), Dropout(0.5), RELU)
    graph = s.graph()
    assert "load_state_dict" not in text(graph)
    assert_same(graph)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda state: state.pop("stem.0.weight"), "stem.0.weight"),
        (lambda state: state.pop("stem.1.running_var"), "stem.1.weight"),
        (lambda state: state.pop("stem.1.bias"), "Missing .*stem.0.bias"),
        (lambda state: state.update({"stem.7.weight": torch.zeros(1)}), "stem.7.weight"),
        (lambda state: state.pop("exits.layer2.1.bias"), "exits.layer2.1.bias"),
    ],
)
def test_other_weights_are_refused(change: Callable[[dict[str, Tensor]], object], said: str) -> None:
    """As torch refuses them, with the keys that are missing and those that nobody knows."""
    state = dict(network(source(grid())).state_dict())
    change(state)
    with pytest.raises(RuntimeError, match=said):
        run(text(grid())).Network().load_state_dict(state)


def test_a_batch_norm_of_another_width_is_refused() -> None:
    """Not spread over the channels, even where that would come out right."""
    s = Sketch(name="narrow")
    s.head("exits.end", IMAGE, s.conv(IMAGE, 4), BatchNorm(4))
    state = dict(network(source(s.graph())).state_dict())
    state["exits.end.0.weight"] = state["exits.end.0.weight"][:1]
    with pytest.raises(RuntimeError):
        run(text(s.graph())).Network().load_state_dict(state)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("make", [grid, chains])
@torch.no_grad()
def test_a_part_of_another_module_folds_its_weights_too(make: Callable[[], Graph], strict: bool) -> None:
    graph = make()
    trained, model, images = network(source(graph)), run(text(graph)).Network().double(), image(graph)
    given = nn.ModuleDict({"net": trained}).state_dict()
    before = dict(given)
    assert not any(nn.ModuleDict({"net": model}).load_state_dict(given, strict))
    assert given == before
    torch.testing.assert_close(model(images), trained(images), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@torch.no_grad()
def test_so_does_a_copy(copied: Callable[[nn.Module], nn.Module]) -> None:
    graph = chains()
    trained, images = network(source(graph)), image(graph)
    model = copied(run(text(graph)).Network().double())
    model.load_state_dict(trained.state_dict())
    torch.testing.assert_close(model(images), trained(images), rtol=1e-9, atol=1e-9)


def test_weights_of_half_precision_are_folded_in_double() -> None:
    """Rounded once, to what they were."""
    graph = grid()
    half = {
        key: value.half() if value.is_floating_point() else value
        for key, value in network(source(graph)).state_dict().items()
    }
    model = run(text(graph)).Network().half()
    model.load_state_dict(half)
    expected = folded_weights(half, folded(graph).folds)
    assert all(torch.equal(value, expected[key]) for key, value in model.state_dict().items())


@pytest.mark.parametrize("make", [grid, hourglass, spread])
@torch.no_grad()
def test_torch_can_export_it(make: Callable[[], Graph]) -> None:
    graph = make()
    model, images = run(text(graph)).Network().double(), image(graph)
    exported = torch.export.export(model, (images,)).module()
    torch.testing.assert_close(exported(images), model(images), rtol=1e-9, atol=1e-9)


def test_the_weights_of_all_exits_fit_one_exit_alone() -> None:
    """Where `strict` is off, as for any module."""
    whole = Compilation.of("msdnet_digits")
    trained, images = network(whole.emit("torch")), image(whole.network)
    model: Any = run(Compilation.of("msdnet_digits", exit=2).emit("inference")).Network().double()
    missing, unexpected = model.load_state_dict(trained.state_dict(), strict=False)
    assert (missing, bool(unexpected)) == ([], True)
    with torch.no_grad():
        torch.testing.assert_close(model(images)[0], trained(images)[1], rtol=1e-9, atol=1e-9)


def test_it_is_ready_for_inference() -> None:
    """In evaluation mode, weights with the channels last, and so is what it computes, whatever the image's layout."""
    model: Any = run(text(grid())).Network()
    assert not any(module.training for module in model.modules())
    convolutions = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    assert all(weight.is_contiguous(memory_format=torch.channels_last) for weight in convolutions)
    _, state = model.section1(torch.zeros(2, *model.INPUT))
    assert all(value.is_contiguous(memory_format=torch.channels_last) for value in state)


def test_what_nobody_else_reads_is_written_over() -> None:
    model: Any = run(text(joins())).Network()
    cell = "layer1.scale1"
    in_place = {
        name.removeprefix(f"{cell}.").split(".")[0]
        for name, module in model.named_modules()
        if isinstance(module, nn.ReLU) and module.inplace
    }
    assert in_place == {"base", "concat", "add", "mean"}


def test_fresh_weights_are_drawn_as_ever() -> None:
    s = Sketch()
    s.head("exits.end", IMAGE, s.conv(IMAGE, 256, 3), BatchNorm(256))
    torch.manual_seed(0)
    conv = run(text(s.graph())).Network().get_submodule("exits.end.0")
    assert not conv.bias.any()
    assert conv.weight.std().item() == pytest.approx((2 / (9 * 256)) ** 0.5, rel=0.05)


# The source as source


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources of all graphs here."""
    folder = tmp_path_factory.mktemp("written")
    for make in GRAPHS:
        (folder / f"{make.__name__}.py").write_text(text(make()))
    return folder


def _tool(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("width", [88, 120])
def test_it_is_formatted(written: Path, width: int) -> None:
    _tool("ruff", "format", "--isolated", "--check", "--line-length", str(width), str(written))


def test_it_is_clean(written: Path) -> None:
    rules = "E,F,W,I,UP,B,SIM,N,RET,C4,RUF,ANN"
    _tool("ruff", "check", "--isolated", "--line-length", "88", "--select", rules, str(written))


@pytest.mark.slow
def test_it_is_typed(written: Path, mypy: Mypy) -> None:
    mypy(written)
