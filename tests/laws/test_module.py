"""Laws of the generated module: lazily, at once or by interpretation of the graph, the same logits; lazy is lazy."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

import msdl
from msdl.compilation import Compilation
from msdl.network.layers import Conv
from msdl.runtime.load import execute
from tests.backends.interpreter import interpret
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.words import compiled
from tests.library.fill import fill, image

laws = settings(max_examples=25, derandomize=True, deadline=None)


def built(compilation: Compilation) -> nn.Module:
    """The generated module in float64, with the weights of fill.py."""
    network = execute(compilation.emit("torch"), compilation.network.name).Network()
    assert isinstance(network, nn.Module)
    return fill(network.double().eval())


def images(compilation: Compilation) -> Tensor:
    """A batch of two."""
    shape = compilation.network.image
    return image(2, shape.channels, shape.height, shape.width)


def by_sections(model: nn.Module, batch: Tensor, count: int) -> list[Tensor]:
    """Section after section, each from the state of the one before; after the last no state is left."""
    outputs, state = [], (batch,)
    for number in range(1, count + 1):
        output, state = getattr(model, f"section{number}")(*state)
        outputs.append(output)
    assert state == ()
    return outputs


@laws
@given(SKETCHES)
@torch.no_grad()
def test_all_ways_put_out_the_same(sketch: Sketch) -> None:
    compilation = compiled(sketch.text)
    model, batch = built(compilation), images(compilation)
    values = interpret(compilation.network, model.state_dict(), batch)
    expected = [values[exit.output] for exit in compilation.network.exits]
    for outputs in (
        model(batch),
        model.exits(batch),
        by_sections(model, batch, len(compilation.network.exits)),
    ):
        torch.testing.assert_close(list(outputs), expected, rtol=0, atol=1e-9)


@laws
@given(SKETCHES)
@torch.no_grad()
def test_the_state_is_what_the_schedule_says(sketch: Sketch) -> None:
    """One tensor a value, in the schedule's order, of the value's shape."""
    compilation = compiled(sketch.text)
    model, state = built(compilation), (images(compilation),)
    for number, section in enumerate(compilation.schedule.sections, start=1):
        _, state = getattr(model, f"section{number}")(*state)
        shapes = [(2, *compilation.network[id].size.extents) for id in section.state]
        assert [tuple(value.shape) for value in state] == shapes


@laws
@given(SKETCHES)
@torch.no_grad()
def test_one_exit_alone_puts_out_the_same(sketch: Sketch) -> None:
    """With the weights of the whole network, by the same keys."""
    compilation = compiled(sketch.text)
    whole, batch = built(compilation), images(compilation)
    weights = whole.state_dict()
    for number, expected in enumerate(whole(batch), start=1):
        alone = built(compiled(sketch.text, exit=number))
        wanted = alone.state_dict().keys()
        assert wanted <= weights.keys()
        alone.load_state_dict({key: weights[key] for key in wanted})
        (output,) = alone(batch)
        torch.testing.assert_close(output, expected, rtol=0, atol=1e-9)


@laws
@given(SKETCHES)
def test_weights_are_called_by_their_nodes(sketch: Sketch) -> None:
    """Every key of the state_dict is a node's id and the name of a tensor; they hold what was counted."""
    compilation = compiled(sketch.text)
    model = built(compilation)
    keys = {key.rpartition(".")[0] for key in model.state_dict()}
    assert keys == {node.id for node in compilation.network if type(node.layer).__name__ in WEIGHTED}
    assert sum(parameter.numel() for parameter in model.parameters()) == compilation.costs.parameters


WEIGHTED = {"Conv", "Deconv", "BatchNorm", "Linear"}


@pytest.mark.parametrize(
    ("name", "settings", "size"),
    [
        ("msdnet_cifar_anytime", {"depth": 12}, 32),
        ("msdnet_cifar_unreduced", {"depth": 8}, 32),
        ("msdnet_cifar_budgeted", {"K": 4}, 32),
        ("msdnet_imagenet", {"spacing": 2}, 160),
        ("resnet_mc", {}, 32),
        ("densenet_mc", {}, 32),
    ],
)
@torch.no_grad()
def test_iteration_runs_the_convolutions_of_its_sections_alone(name: str, settings: dict[str, int], size: int) -> None:
    """For every k: stopped at exit k, the convolutions of sections 1..k ran, each once, and no other."""
    compilation = Compilation.of(name, classes=3, size=size, **settings)
    model = msdl.compile(name, classes=3, size=size, **settings).eval()
    ran: list[str] = []
    for id, module in model.named_modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(lambda *_, id=id: ran.append(id))
    network, sections = compilation.network, compilation.schedule.sections
    for k in range(1, len(sections) + 1):
        ran.clear()
        exits = model.exits(torch.zeros(1, 3, size, size))
        assert not ran
        for _ in range(k):
            next(exits)
        nodes = [id for section in sections[:k] for id in section.nodes]
        assert sorted(ran) == sorted(id for id in nodes if isinstance(network[id].layer, Conv))
        exits.close()
    assert len(ran) == sum(isinstance(node.layer, Conv) for node in network)
