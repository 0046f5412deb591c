"""The sections of a network, each the work up to its next exit: what early exit runs on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]
Clock = Callable[[], float]


class Section(Protocol):
    """From a batch of images, or the state that the section before left, to logits (N, C) and the next state.

    Every tensor of a state has the batch as its first axis; the last section leaves ().
    """

    def __call__(self, *state: Tensor) -> tuple[Tensor, State]: ...


def names(model: nn.Module) -> tuple[str, ...]:
    """The names of a generated module's exits."""
    generated: Any = model
    return tuple(generated.EXITS)


def image_shape(model: nn.Module) -> tuple[int, int, int]:
    """What a generated module reads: (C, H, W)."""
    generated: Any = model
    channels, height, width = generated.INPUT
    return channels, height, width


def sections(model: nn.Module) -> tuple[Section, ...]:
    """The sections of a generated module, one an exit."""
    return tuple(getattr(model, f"section{number}") for number, _ in enumerate(names(model), start=1))


def outputs(model: nn.Module, images: Tensor) -> Iterator[Tensor]:
    """What one exit of a generated module after another says; what isn't asked for isn't computed."""
    generated: Any = model
    yield from generated.exits(images)


@contextmanager
def inference(model: nn.Module) -> Iterator[None]:
    """Evaluation mode without gradients: batch normalisation uses what training left. Afterwards all is as before."""
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        for module in training:
            module.training = True


def finish(tensor: Tensor) -> None:
    """Waits for a device that works in the background, so that a clock means something."""
    if tensor.device.type != "cpu":
        torch.accelerator.synchronize(tensor.device)
