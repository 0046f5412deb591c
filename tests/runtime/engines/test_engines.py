"""Every engine says what the module says, however its sections are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from msdl.network.graph import Graph
from msdl.runtime.engines import Engine, eager
from msdl.runtime.engines.compiled import compiled
from msdl.runtime.engines.exported import exported as programs
from msdl.runtime.engines.onnx import onnx
from msdl.runtime.errors import InputError
from msdl.runtime.trained import Trained, trained
from tests.backends.grids import gated, grid, residual, split
from tests.backends.onnx.test_onnx import read_within, shared
from tests.backends.test_torch import held, joins
from tests.runtime.engines.networks import by_hand, exported, logits, network

MAKES = [
    pytest.param(lambda network, folder: onnx(network), id="onnx"),
    pytest.param(lambda network, folder: onnx(exported(network, folder, direct=True)), id="onnx of an export"),
    pytest.param(lambda network, folder: programs(exported(network, folder, "pt2", direct=True)), id="torch of one"),
]
# In this order buffers grow, are reused in part, and grow again.
SIZES = (2, 1, 17, 2, 1, 33, 17)


def noise(engine: Engine, count: int, seed: int = 0) -> Tensor:
    return torch.randn(count, *engine.shape, generator=torch.Generator().manual_seed(seed))


def assert_close(found: Iterable[Tensor], expected: Iterable[Tensor]) -> None:
    """Equal to 1e-4 of the largest number."""
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one.double(), other.double(), rtol=0, atol=1e-4 * float(other.abs().max()))


def outputs(engine: Engine, images: Tensor) -> list[Tensor]:
    with engine.running():
        return [*engine.outputs(images)]


@pytest.fixture(scope="module")
def subject(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return network(tmp_path_factory.mktemp("network"))


@pytest.fixture(scope="module", params=MAKES)
def engine(request: pytest.FixtureRequest, subject: Trained, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Every test after the first finds it as the one before has left it."""
    made: Engine = request.param(subject, tmp_path_factory.mktemp("export"))
    return made


def test_it_says_what_the_module_says_whatever_came_before(engine: Engine, subject: Trained) -> None:
    assert (engine.exits, engine.shape) == (("exit1", "exit2", "exit3"), (3, 8, 8))
    for count in SIZES:
        images = noise(engine, count, seed=count)
        assert_close(outputs(engine, images), outputs(eager(subject.model), images))


def test_logits_are_the_callers_own(engine: Engine) -> None:
    one, other = noise(engine, 3), noise(engine, 3, seed=1)
    first = outputs(engine, one)
    kept = [values.clone() for values in first]
    outputs(engine, other)
    assert all(map(torch.equal, first, kept))


def test_a_state_that_was_copied_can_wait_for_other_batches(engine: Engine) -> None:
    images, others = noise(engine, 6), noise(engine, 9, seed=1)
    expected = outputs(engine, images)
    rows = torch.tensor([4, 1, 5])
    with engine.running():
        _, state = engine.sections[0](images)
        waiting = tuple(values.index_select(0, rows) for values in state)
        for _ in engine.outputs(others):
            pass
        second, state = engine.sections[1](*waiting)
        third, left = engine.sections[2](*state)
    assert left == ()
    assert_close([second, third], [values[rows] for values in expected[1:]])


def test_state_may_lie_in_memory_in_any_order(engine: Engine) -> None:
    images = noise(engine, 4)
    expected = outputs(engine, images)
    with engine.running():
        first, state = engine.sections[0](images.to(memory_format=torch.channels_last))
        turned = [values.to(memory_format=torch.channels_last) for values in state]
        second, _ = engine.sections[1](*turned)
        strided = torch.stack([images, -images], 1)[:, 0]
        again, _ = engine.sections[0](strided)
    assert_close([first, second, again], [*expected[:2], expected[0]])


def test_one_exit_alone(engine: Engine) -> None:
    assert engine.direct is not None
    images = noise(engine, 2)
    expected = outputs(engine, images)
    with engine.running():
        found = [engine.direct(exit)(images) for exit in range(3)]
        assert engine.direct(1) is engine.direct(1)
    assert_close(found, expected)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (torch.zeros(2, 3, 8, 9), "'image' as N x 3 x 8 x 8 for N images, and is given 2 x 3 x 8 x 9."),
        (torch.zeros(3, 8, 8), "'image' as N x 3 x 8 x 8 for N images, and is given 3 x 8 x 8."),
        (torch.zeros(0, 3, 8, 8), "'image' as N x 3 x 8 x 8 for N images, and is given 0 x 3 x 8 x 8."),
        (torch.tensor(0.0), "'image' as N x 3 x 8 x 8 for N images, and is given a single number."),
        (torch.zeros(2, 3, 8, 8).double(), "'image' as float32 on 'cpu', and is given float64 on 'cpu'."),
        (torch.zeros(2, 3, 8, 8).byte(), "'image' as float32 on 'cpu', and is given uint8 on 'cpu'."),
        (torch.zeros(2, 3, 8, 8, device="meta"), "'image' as float32 on 'cpu', and is given float32 on 'meta'."),
    ],
)
def test_what_a_section_does_not_read(engine: Engine, given: Tensor, said: str) -> None:
    with engine.running(), pytest.raises(InputError) as caught:
        engine.sections[0](given)
    assert str(caught.value).endswith(f" reads {said}")


def test_the_tensors_of_a_state_belong_together(engine: Engine) -> None:
    with engine.running():
        _, (first, *others) = engine.sections[0](noise(engine, 2))
        with pytest.raises(InputError, match="for N images, and is given 2 x"):
            engine.sections[1](first[:1], *others)
        with pytest.raises(InputError, match=f"reads {len(others) + 1} tensors, and is given 1"):
            engine.sections[1](first)


def test_torch_has_its_threads_back_afterwards(engine: Engine) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with engine.running():
            assert torch.is_inference_mode_enabled()
        assert (torch.get_num_threads(), torch.is_inference_mode_enabled()) == (2, False)
    finally:
        torch.set_num_threads(before)


# Other networks


@pytest.mark.parametrize("make_graph", [grid, residual, gated, split, joins, held, shared, read_within])
def test_graphs_with_states_of_every_kind(make_graph: Callable[[], Graph], tmp_path: Path) -> None:
    """States that pass through, that are vectors, logits, or the image itself."""
    graph = make_graph()
    engine = onnx(by_hand(graph, tmp_path))
    for count in (3, 1, 17):
        images = noise(engine, count, seed=count)
        assert_close(outputs(engine, images), logits(graph, images))


def test_one_exit(tmp_path: Path) -> None:
    subject = trained("resnet18", {"size": 32, "classes": 5})
    engine = onnx(subject)
    images = noise(engine, 2)
    assert engine.exits == ("exit1",)
    assert_close(outputs(engine, images), outputs(eager(subject.model), images))


def test_a_state_that_passes_through_is_not_copied(tmp_path: Path) -> None:
    engine = onnx(by_hand(held(), tmp_path))
    images = noise(engine, 2)
    with engine.running():
        _, state = engine.sections[0](images)
    assert any(values is images for values in state)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:`torch.jit.script_method` is deprecated:DeprecationWarning")
def test_torch_compile_says_the_same(subject: Trained, tmp_path: Path) -> None:
    """Both of a module and of an export, one section each: a section takes a minute."""
    others = compiled(exported(subject.alone(1), tmp_path, "pt2"))
    engine = compiled(subject)
    assert (engine.name, engine.exits) == ("compiled", ("exit1", "exit2", "exit3"))
    for count in (1, 17, 2, 1):
        images = noise(engine, count, seed=count)
        expected = next(iter(outputs(eager(subject.model), images)))
        for each in (engine, others):
            with each.running():
                found, state = each.sections[0](images)
            assert_close([found], [expected])
        assert {len(values) for values in state} <= {count}
