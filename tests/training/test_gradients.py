"""Gradient equilibrium on generated modules, against gradients taken exit by exit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import msdl
from msdl.runtime.errors import InputError
from msdl.training.gradients import equilibrium, scaled

# Every exit reads what the next layer reads, and nothing else goes on.
CHAIN = """\
network chain {
  input 1 x 6 x 6
  scales 1 { c 4 }
  stem conv3x3(c) relu
  layers 3 { horizontal conv3x3(c) relu }
  exits at 1..3: gap linear(3)
}
"""
Gradients = dict[str, Tensor]


@pytest.fixture
def chain(tmp_path: Path) -> nn.Module:
    path = tmp_path / "chain.msd"
    path.write_text(CHAIN)
    torch.manual_seed(0)
    return msdl.compile(path).double()


@pytest.fixture
def images() -> Tensor:
    return torch.randn(2, 1, 6, 6, generator=torch.Generator().manual_seed(1)).double()


def gradients(network: nn.Module, loss: Callable[[], Tensor]) -> Gradients:
    network.zero_grad()
    loss().backward()
    return {name: torch.zeros_like(p) if p.grad is None else p.grad for name, p in network.named_parameters()}


def test_only_the_gradient_is_scaled() -> None:
    values = torch.tensor([1.0, 2.0], requires_grad=True)
    result = scaled(values, 0.25)
    result.sum().backward()
    assert torch.equal(result, values)
    assert values.grad is not None and values.grad.tolist() == [0.25, 0.25]


def test_shared_layers_get_the_mean_over_the_exits_that_they_serve(chain: nn.Module, images: Tensor) -> None:
    alone = [gradients(chain, lambda k=k: chain(images)[k].square().sum()) for k in range(3)]
    forward = equilibrium(chain)
    found = gradients(chain, lambda: sum(logits.square().sum() for logits in forward(images)))
    for name, value in found.items():
        own = {"exits.layer1": [0], "exits.layer2": [1], "exits.layer3": [2], "layer2": [1, 2], "layer3": [2]}
        exits = next((exits for prefix, exits in own.items() if name.startswith(prefix + ".")), [0, 1, 2])
        assert value.abs().sum() > 0, name
        assert torch.allclose(value, sum(alone[k][name] for k in exits) / len(exits)), name


def test_scales_that_no_head_reads_keep_their_gradient(small: Path) -> None:
    """By hand, section by section, from the last to the first; heads of MSDNet read the coarsest scale."""
    torch.manual_seed(0)
    network = msdl.compile(small).double().eval()
    image = torch.randn(2, 1, 8, 8).double()
    expected = _by_hand(network, image)
    forward = equilibrium(network)
    found = gradients(network, lambda: sum(logits.square().sum() for logits in forward(image)))
    for name, value in found.items():
        assert torch.allclose(value, expected[name]), name


def _by_hand(network: nn.Module, image: Tensor) -> Gradients:
    sections = [network.section1, network.section2, network.section3]
    inputs, outputs = [(image,)], []
    for section in sections:
        outputs.append(section(*inputs[-1]))
        inputs.append(tuple(x.detach().requires_grad_() for x in outputs[-1][1]))
    names, parameters = zip(*network.named_parameters(), strict=True)
    total = {name: torch.zeros_like(p) for name, p in network.named_parameters()}
    coming: tuple[Tensor, ...] = ()
    for number in reversed(range(3)):
        logits, state = outputs[number]
        loss, left = logits.square().sum(), 3 - number
        heads = {n: p for n, p in network.named_parameters() if n.startswith(f"exits.layer{number + 1}.")}
        sources, cotangents = (loss,), (torch.ones_like(loss),)
        if state:
            features = torch.autograd.grad(loss, state[-1], retain_graph=True)[0]
            of_head = torch.autograd.grad(loss, [*heads.values()], retain_graph=True)
            for name, value in zip(heads, of_head, strict=True):
                total[name] += value
            sources, cotangents = state, (*coming[:-1], features / left + coming[-1] * (left - 1) / left)
        wanted = [*parameters, *(x for x in inputs[number] if x.requires_grad)]
        found = torch.autograd.grad(sources, wanted, cotangents, allow_unused=True)
        for name, value in zip(names, found, strict=False):
            if value is not None:
                total[name] += value
        coming = tuple(value for value in found[len(names) :] if value is not None)
    return total


@pytest.mark.parametrize("name", ["msdnet_digits", "msdnet_cifar_anytime", "resnet_mc", "densenet_mc", "resnet18"])
def test_every_exit_of_the_library_is_reached_and_says_the_same(name: str) -> None:
    network = msdl.compile(name).eval()
    image = torch.randn(1, *network.INPUT)
    with torch.no_grad():
        before = network(image)
        after = equilibrium(network)(image)
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_head_that_is_spread_over_modules_is_refused(chain: nn.Module) -> None:
    chain.exits["layer2"] = nn.ModuleDict({"0": nn.Identity()})
    chain.section2 = lambda x: (x, ())
    with pytest.raises(InputError, match="The head of 'exit2' is not one module"):
        equilibrium(chain)
