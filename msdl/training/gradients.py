"""Gradient equilibrium: exits that don't drown each other's gradients (Li et al., ICCV 2019, section 3.1).

The features that exit k of K reads get a gradient from its head and one from all that follows. Added up over the exits,
gradients grow towards the stem. Here a head's is scaled by 1 / (K - k + 1) and that of what follows by
(K - k) / (K - k + 1), so that the shared features always get a mean over the exits that they serve. The weights of a
head itself get their whole gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from msdl.runtime.errors import InputError
from msdl.runtime.sections import State, image_shape, inference, names, sections

Forward = Callable[[Tensor], tuple[Tensor, ...]]


class _Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, values: Tensor, factor: float) -> Tensor:
        ctx.factor = factor
        return values.view_as(values)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return gradients[0] * ctx.factor, None


def scaled(values: Tensor, factor: float) -> Tensor:
    """The same values; their gradient is multiplied by `factor`."""
    result: Tensor = _Scaled.apply(values, factor)  # type: ignore[no-untyped-call]
    return result


@dataclass(frozen=True)
class Branch:
    """Where an exit branches off: its head, and which values of the section's state the head reads too."""

    head: nn.Module
    shared: frozenset[int]


def equilibrium(network: nn.Module) -> Forward:
    """A generated network's forward pass, its sections chained, with scaled gradients. Raises InputError.

    The heads are hooked: the network's own forward pass, from now on, has their half of the scales.
    """
    branches = _branches(network)
    count = len(branches)
    for number, branch in enumerate(branches):
        branch.head.register_forward_pre_hook(_scaling(1 / (count - number)))

    def forward(image: Tensor) -> tuple[Tensor, ...]:
        outputs: list[Tensor] = []
        state: State = (image,)
        for number, (section, branch) in enumerate(zip(sections(network), branches, strict=True)):
            output, state = section(*state)
            outputs.append(output)
            rest = (count - number - 1) / (count - number)
            state = tuple(scaled(x, rest) if place in branch.shared else x for place, x in enumerate(state))
        return tuple(outputs)

    return forward


def _scaling(factor: float) -> Callable[[nn.Module, tuple[Tensor, ...]], tuple[Tensor, ...]]:
    def hook(head: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        return tuple(scaled(x, factor) for x in inputs)

    return hook


def _branches(network: nn.Module) -> list[Branch]:
    """Finds them by running the network once, on an empty image."""
    branches: list[Branch] = []
    with inference(network), _calls(network) as calls:
        state: State = (next(network.parameters()).new_zeros(1, *image_shape(network)),)
        for section, exit in zip(sections(network), names(network), strict=True):
            calls.clear()
            _, state = section(*state)
            branches.append(_branch(calls, state, exit))
    return branches


Calls = list[tuple[nn.Module, tuple[Tensor, ...]]]


@contextmanager
def _calls(network: nn.Module) -> Iterator[Calls]:
    """The heads that are called meanwhile, with what they read."""
    calls: Calls = []
    heads = network.get_submodule("exits").children()
    hooks = [head.register_forward_pre_hook(lambda head, inputs: calls.append((head, inputs))) for head in heads]
    try:
        yield calls
    finally:
        for hook in hooks:
            hook.remove()


def _branch(calls: Calls, state: State, exit: str) -> Branch:
    if len(calls) != 1:
        raise InputError(f"The head of '{exit}' is not one module, so gradient equilibrium can't reach it.")
    head, inputs = calls[0]
    return Branch(head, frozenset(place for place, value in enumerate(state) if any(value is x for x in inputs)))
