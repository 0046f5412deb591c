"""A state_dict from elsewhere -> msdl's, once it is known which tensor goes where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from msdl.diagnostics import Diagnostic, error
from msdl.report import clean

if TYPE_CHECKING:
    from torch import Tensor

Shapes = Mapping[str, tuple[int, ...]]

# Counted since PyTorch 0.4.1; older checkpoints lack it, and nothing that is evaluated reads it.
COUNTER = ".num_batches_tracked"
# Of each kind, in a diagnostic: a checkpoint of another network misses hundreds.
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A tensor of a foreign state_dict: its key there, its shape, its key here; None for what no exit needs."""

    theirs: str
    shape: tuple[int, ...]
    ours: str | None


class Misfitting(ValueError):
    """A state_dict that isn't this network's. The tuples hold foreign keys; the message names each, with its shapes.

    `summary` counts them, `lines` has one for each, `hint` says what may be behind it, or nothing.
    """

    def __init__(self, theirs: Shapes, expected: Shapes, hint: str = "") -> None:
        self.missing = tuple(key for key in expected if key not in theirs)
        self.unexpected = tuple(key for key in theirs if key not in expected)
        self.misshapen = tuple(key for key in expected if theirs.get(key, expected[key]) != expected[key])
        self._kinds = (
            [f"missing: {key}, {_shown(expected[key])}" for key in self.missing],
            [f"unexpected: {key}, {_shown(theirs[key])}" for key in self.unexpected],
            [f"misshapen: {key} is {_shown(theirs[key])}, not {_shown(expected[key])}" for key in self.misshapen],
        )
        self.lines = tuple(chain.from_iterable(self._kinds))
        self.hint = hint
        super().__init__("\n".join(filter(None, (self.summary, *self.lines, hint))))

    @property
    def summary(self) -> str:
        kinds = {"missing": self.missing, "unexpected": self.unexpected, "misshapen": self.misshapen}
        counts = ", ".join(f"{len(keys)} {kind}" for kind, keys in kinds.items() if keys)
        return f"The checkpoint's tensors are not this network's: {counts}."

    @property
    def diagnostic(self) -> Diagnostic:
        """The first of each kind, and how many more there are."""
        lines = chain.from_iterable(map(_first, self._kinds))
        return replace(error("MSD711", self.summary, help=self.hint), notes=("\n".join(map(clean, lines)),))


def fitted(
    theirs: Mapping[str, Tensor], expected: Sequence[Entry], hint: Callable[[Shapes, Shapes], str]
) -> dict[str, Tensor]:
    """The tensors by msdl's keys, without those that no exit needs; they are handed on, not copied.

    A count of batches that is missing is 0. Raises Misfitting where keys or shapes differ, with what `hint` makes of
    the shapes found and those expected.
    """
    theirs = {**_counters(expected), **theirs}
    shapes = {key: tuple(tensor.shape) for key, tensor in theirs.items()}
    wanted = {entry.theirs: entry.shape for entry in expected}
    if shapes != wanted:
        raise Misfitting(shapes, wanted, hint(shapes, wanted))
    return {entry.ours: theirs[entry.theirs] for entry in expected if entry.ours is not None}


def check_state_dict(state_dict: Mapping[Any, Any]) -> None:
    """Raises TypeError for what is no state_dict."""
    for key, value in state_dict.items():
        if not isinstance(key, str) or not hasattr(value, "shape"):
            hint = "; the state_dict lies under it" if isinstance(value, Mapping) else ""
            raise TypeError(f"a state_dict has tensors by name, but {key!r} is a {type(value).__name__}{hint}")


def without_prefix(state_dict: Mapping[str, Tensor], prefix: str) -> Mapping[str, Tensor]:
    """The tensors by keys that don't start with it, if all of them do."""
    if state_dict and all(key.startswith(prefix) for key in state_dict):
        return {key.removeprefix(prefix): tensor for key, tensor in state_dict.items()}
    return state_dict


def _counters(expected: Iterable[Entry]) -> dict[str, Tensor]:
    """A count of 0 for every batch norm."""
    import torch

    counted = (entry.theirs for entry in expected if entry.theirs.endswith(COUNTER))
    return {key: torch.zeros((), dtype=torch.int64) for key in counted}


def _first(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_LINES:
        return lines
    kind = lines[0].partition(":")[0]
    return [*lines[: MOST_LINES - 1], f".. and {len(lines) - MOST_LINES + 1} more {kind}"]


def _shown(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "a number"
