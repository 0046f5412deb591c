"""What early exit runs on: the sections of a network, made ready by one engine or another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.sections import Section

CPU = torch.device("cpu")

# Copies rows (M,) of values (N, ..) to where `out` (M, ..) lies, which is contiguous.
Gather = Callable[[Tensor, Tensor, Tensor], None]

# A whole network for one exit: images (N, C, H, W) -> its logits (N, classes); heads before it are not computed.
Direct = Callable[[Tensor], Tensor]


def select(values: Tensor, rows: Tensor, out: Tensor) -> None:
    """The gather of torch, on the threads that it computes with."""
    torch.index_select(values, 0, rows, out=out)


@dataclass(frozen=True)
class Engine:
    """A network that can be run: `sections`, one an exit, each given the state that the one before it left.

    States are tensors of torch whose first axis is the batch; `gather` copies the rows of images that go on. The state
    that a section returns may be overwritten by its next call, and is not to be written to; logits are the caller's
    own. Sections are called inside `running()`.

    `shape` is that of an image, (C, H, W). `step`: a batch that isn't full is given in multiples of it, since sizes
    that never came before are slow at first; 1 where any size will do. `direct` makes the network of one exit alone,
    by its number from 0.
    """

    name: str
    exits: tuple[str, ...]
    shape: tuple[int, int, int]
    sections: tuple[Section, ...]
    device: torch.device = CPU
    dtype: torch.dtype = torch.float32
    step: int = 1
    gather: Gather = select
    direct: Callable[[int], Direct] | None = None
    running: Callable[[], AbstractContextManager[None]] = nullcontext

    def outputs(self, images: Tensor) -> Iterator[Tensor]:
        """What one exit after another says of images (N, C, H, W); what isn't asked for isn't computed."""
        state: tuple[Tensor, ...] = (images,)
        for section in self.sections:
            logits, state = section(*state)
            yield logits

    def blank(self, count: int = 1) -> Tensor:
        """Images that the network reads, all 0, where it is: count x C x H x W."""
        return torch.zeros(count, *self.shape, dtype=self.dtype, device=self.device)
