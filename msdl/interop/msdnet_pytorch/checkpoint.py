"""Reading the port's checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msdl.interop import checkpoint

if TYPE_CHECKING:
    from torch import Tensor

# Where the port's `main.py` keeps the weights, beside the epoch and the optimiser.
PLACES = ("state_dict",)


def read_checkpoint(name: str) -> dict[str, Tensor]:
    """The tensors by the port's keys: a state_dict alone, or under `state_dict`. Raises Mistake."""
    return checkpoint.read_checkpoint(name, PLACES)
