"""Values that are made again in the backward pass: the same gradients, from less memory."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn.functional import cross_entropy, relu
from torch.utils._python_dispatch import TorchDispatchMode

from msdl.compilation import Compilation
from msdl.runtime.load import execute
from msdl.training.memory import Recomputation

Context = Callable[[], AbstractContextManager[Any]]
Pass = Callable[[nn.Module, Tensor], Tensor]

BOTTLENECKS = """
import "blocks.msd"
network grid() {
  input 3 x 16 x 16
  scales 2 { init 8, 16; growth 4, 8 }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 6 dense(growth) {
    diagonal   h(share, 2)/2
    horizontal h(share, 2)
  }
  reduce at 3: conv1x1(compress(0.5)) bn relu
  exits at 2, 4, 6: gap linear(10)
}
"""
WITHOUT = """
network grid() {
  input 3 x 16 x 16
  scales 2 { init 8, 16; growth 4, 8 }
  stem     conv3x3(init) bn elu
  vertical conv3x3(init)/2 bn relu6
  layers 5 dense(growth) {
    diagonal   conv3x3(share)/2 bn relu6
    horizontal conv3x3(share) bn elu dropout(0.1)
  }
  exits at 3, 5: conv3x3(8) bn relu gap linear(10)
}
"""
STAGES = """
import "blocks.msd"
network staged() {{
  input 3 x 16 x 16
  scales 2 {{ depth 3 }}
  {0}
}}
"""
RESIDUAL = """
  stem conv3x3(8) bn relu
  stages { layer bottleneck(4)/stride }
  exit at end: gap linear(10)
"""
PRE_ACTIVATION = """
  stem conv3x3(8)
  stages dense {
    layer   dense_layer(4)
    between dense_transition
  }
  exit at end: pooled(10)
"""
SPECS = {
    "bottlenecks": BOTTLENECKS,
    "without bottlenecks": WITHOUT,
    "residual": STAGES.format(RESIDUAL),
    "pre-activation": STAGES.format(PRE_ACTIVATION),
}


def network(spec: str) -> nn.Module:
    torch.manual_seed(1)
    module: nn.Module = execute(Compilation.of_text(spec).emit(), "trained").Network()
    return module


def images(size: int = 4) -> Tensor:
    return torch.randn(size, 3, 16, 16, generator=torch.Generator().manual_seed(2))


def loss(logits: tuple[Tensor, ...]) -> Tensor:
    return torch.stack([cross_entropy(each.float(), torch.arange(len(each)) % 10) for each in logits]).sum()


def all_exits(model: nn.Module, x: Tensor) -> Tensor:
    return loss(model(x))


def found(model: nn.Module, context: Context, forward: Pass, x: Tensor) -> dict[str, Tensor]:
    """What a training step leaves of a copy of a network: gradients and statistics."""
    model, x = copy.deepcopy(model), x.clone().requires_grad_()
    torch.manual_seed(3)
    with context():
        value = forward(model, x)
    value.backward()
    assert x.grad is not None
    gradients = {name: tensor.grad for name, tensor in model.named_parameters() if tensor.grad is not None}
    return {"loss": value.detach(), "image": x.grad, **gradients, **dict(model.named_buffers())}


def check_same(model: nn.Module, forward: Pass = all_exits, x: Tensor | None = None) -> None:
    """A plain pass and one that makes values again leave the same, to the last bit."""
    x = images() if x is None else x
    plain, again = (found(model, context, forward, x) for context in (nullcontext, Recomputation))
    assert plain.keys() == again.keys()
    assert [name for name in plain if not torch.equal(plain[name], again[name])] == []


class Live(TorchDispatchMode):
    """Weak references to all storages that come about."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: dict[int, tuple[StorageWeakRef, int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, tuple | list) else (result,):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                self.sizes[storage._cdata] = (StorageWeakRef(storage), storage.nbytes())
        return result

    @property
    def bytes(self) -> int:
        return sum(size for storage, size in self.sizes.values() if not storage.expired())


def kept(model: nn.Module, context: Context, x: Tensor, forward: Pass = all_exits) -> int:
    """The bytes that wait for the backward pass."""
    with Live() as live:
        with context():
            value = forward(model, x)
        size = live.bytes
        value.backward()
    return size


# The same gradients and statistics


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("memory_format", [torch.contiguous_format, torch.channels_last], ids=["rows", "channels last"])
def test_gradients_and_statistics(name: str, memory_format: torch.memory_format) -> None:
    model = network(SPECS[name]).to(memory_format=memory_format)
    check_same(model, x=images().contiguous(memory_format=memory_format))


def twice(model: nn.Module, x: Tensor) -> Tensor:
    return loss(model(x)) + loss(model(x.flip(0)))


def one_exit(model: nn.Module, x: Tensor) -> Tensor:
    return loss(model(x)[:1])


def under_autocast(model: nn.Module, x: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        return loss(model(x))


def retained(model: nn.Module, x: Tensor) -> Tensor:
    value = loss(model(x))
    value.backward(retain_graph=True)
    return value


@pytest.mark.parametrize("forward", [twice, one_exit, under_autocast, retained])
@pytest.mark.parametrize("name", ["bottlenecks", "pre-activation"])
def test_ways_to_train(forward: Pass, name: str) -> None:
    check_same(network(SPECS[name]), forward)


def test_double_precision() -> None:
    check_same(network(BOTTLENECKS).double(), lambda model, x: loss(model(x)), images().double())


def test_frozen_batch_norms_and_convolutions() -> None:
    model = network(BOTTLENECKS)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eval()
    model.stem.requires_grad_(False)
    check_same(model)


def test_batch_norms_without_parameters_or_statistics() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 8, 1, groups=1, bias=True),
        nn.BatchNorm2d(8, affine=False),
        nn.ReLU(),
        nn.Conv2d(8, 4, (1, 1), stride=2, groups=2),
        nn.BatchNorm2d(4, track_running_stats=False, eps=0.1, momentum=None),
        nn.ReLU6(inplace=True),
        nn.Conv2d(4, 10, 8),
    )
    check_same(model, lambda model, x: loss((model(x).flatten(1),)))


def test_second_derivatives() -> None:
    def penalty(model: nn.Module, x: Tensor) -> Tensor:
        (gradient,) = torch.autograd.grad(loss(model(x)), x, create_graph=True)
        return gradient.square().sum()

    check_same(network(BOTTLENECKS), penalty)


def test_statistics_are_counted_once() -> None:
    model = network(BOTTLENECKS)
    with Recomputation():
        value = all_exits(model, images())
    value.backward()
    counts = {name: int(count) for name, count in model.named_buffers() if name.endswith("num_batches_tracked")}
    assert counts
    assert set(counts.values()) == {1}


# Any way to write a network


class Joined(nn.Module):
    """Concatenations that continue another, differ from it in their axis, or are changed, cut or turned after."""

    def __init__(self, join: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.join = join
        self.last = nn.LazyConv2d(10, 3)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        logits: Tensor = self.last(self.join(self.first(x)))
        return (logits.mean((2, 3)),)


JOINS: dict[str, Callable[[Tensor], Tensor]] = {
    "continued": lambda x: torch.cat([torch.cat([x, 2 * x], dim=1), 3 * x], dim=1),
    "in front": lambda x: torch.concat([3 * x, torch.cat([x, 2 * x], dim=1)], dim=1),
    "other axis": lambda x: torch.cat([torch.cat([x, 2 * x], dim=1), torch.cat([x, x], dim=1)], dim=2),
    "axis by name": lambda x: torch.cat([x, 2 * x], axis=1),  # type: ignore[call-overload]
    "axis from behind": lambda x: torch.cat([torch.cat([x, 2 * x], -3), x], 1),
    "twice the same": lambda x: torch.cat([x, x], dim=1),
    "changed after": lambda x: torch.cat([x, 2 * x], dim=1).mul_(2),
    "activated in place": lambda x: relu(torch.cat([x, 2 * x], dim=1), inplace=True),
    "activated": lambda x: relu(relu(torch.cat([x, 2 * x], dim=1))),
    "a view": lambda x: torch.cat([x, 2 * x], dim=1)[:, 1:6],
    "of views": lambda x: torch.cat([x[:, :2], x[:, 1:]], dim=1),
    "transposed": lambda x: torch.cat([x, 2 * x], dim=1).transpose(2, 3),
    "of mixed types": lambda x: torch.cat([x.half(), 2 * x], dim=1),
}


@pytest.mark.parametrize("name", JOINS)
def test_concatenations(name: str) -> None:
    model = Joined(JOINS[name])
    with torch.no_grad():
        model(images())
    check_same(model)


def test_a_piece_that_is_changed_later_is_noticed() -> None:
    """The plain pass needs the concatenation alone; a piece of it may be changed."""

    def careless(x: Tensor) -> Tensor:
        y = 2 * x
        joined = torch.cat([x, y], dim=1)
        y.zero_()
        return joined

    model = Joined(careless)
    with Recomputation():
        value = all_exits(model, images())
    with pytest.raises(RuntimeError, match=r"A tensor \(4 x 4 x 16 x 16\) .* was changed in place"):
        value.backward()


def test_a_weight_that_is_changed_before_the_backward_pass_is_noticed() -> None:
    model = network(BOTTLENECKS)
    with Recomputation():
        value = all_exits(model, images())
    with torch.no_grad():
        model.layer1["scale1"].horizontal[0].weight.zero_()
    with pytest.raises(RuntimeError, match="was changed in place"):
        value.backward()


def test_storage_that_is_used_again_is_not_taken_for_what_it_held() -> None:
    """The same addresses hold a concatenation, are freed, and hold something else of the same form."""

    def forward(model: nn.Module, x: Tensor) -> Tensor:
        with torch.no_grad():
            addresses = {torch.cat([x, x], dim=1).data_ptr() for _ in range(50)}
        del addresses
        for _ in range(20):
            torch.cat([x, x], dim=1)
        value = x.repeat(1, 2, 1, 1) * 3
        return (value * value.exp()).sum() + 0 * sum(weight.sum() for weight in model.parameters())

    check_same(nn.Linear(1, 1), forward)


# Less memory


@pytest.mark.parametrize(
    ("name", "part"), [("bottlenecks", 0.4), ("without bottlenecks", 0.75), ("pre-activation", 0.4)]
)
def test_what_waits_for_the_backward_pass(name: str, part: float) -> None:
    model, x = network(SPECS[name]), images(32)
    assert kept(model, Recomputation, x) <= part * kept(model, nullcontext, x)


def test_it_grows_with_the_depth_and_not_with_its_square() -> None:
    def per_layer(depth: int) -> float:
        return kept(network(BOTTLENECKS.replace("layers 6", f"layers {depth}")), Recomputation, images(32)) / depth

    assert per_layer(18) <= 1.1 * per_layer(6)


def test_nothing_is_kept_once_the_backward_pass_is_over() -> None:
    model, x = network(BOTTLENECKS), images(32)
    with Live() as live:
        with Recomputation():
            value = all_exits(model, x)
        value.backward()
        state = sum(tensor.nbytes for tensor in model.state_dict().values())
        gradients = sum(tensor.nbytes for tensor in model.parameters())
        assert live.bytes <= state + gradients + x.nbytes + 1_000


def test_a_pass_that_fails_leaves_nothing_behind() -> None:
    model = network(BOTTLENECKS)
    with pytest.raises(RuntimeError, match="channels"), Recomputation():
        model(torch.zeros(2, 4, 16, 16))
    check_same(model)
