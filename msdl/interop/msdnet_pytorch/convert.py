"""The port's state_dict -> msdl's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from msdl.diagnostics import Diagnostic, error
from msdl.report import clean

if TYPE_CHECKING:
    from torch import Tensor

    from msdl.compilation import Compilation
    from msdl.interop.msdnet_pytorch.keys import Entry

Shapes = Mapping[str, tuple[int, ...]]

# What torch.nn.DataParallel puts before every key.
PARALLEL = "module."
# Counted since PyTorch 0.4.1; older checkpoints lack it, and nothing that is evaluated reads it.
COUNTER = ".num_batches_tracked"
SECOND_CONVOLUTION = re.compile(r"\.conv_(normal|down)\.net\.3\.")
BOTTLENECKS = (
    "the checkpoint has bottlenecks, which --bottleneck False leaves out: the port itself reads every text behind"
    " --bottleneck as True, 'False' too"
)


class Misfitting(ValueError):
    """A state_dict that isn't this network's. The tuples hold the port's keys; the message names each, with its shapes.

    `summary` counts them, `lines` has one for each, `hint` says what may be behind it, or nothing.
    """

    def __init__(self, theirs: Shapes, expected: Shapes) -> None:
        self.missing = tuple(key for key in expected if key not in theirs)
        self.unexpected = tuple(key for key in theirs if key not in expected)
        self.misshapen = tuple(key for key in expected if theirs.get(key, expected[key]) != expected[key])
        self.lines = (
            *(f"missing: {key}, {_shown(expected[key])}" for key in self.missing),
            *(f"unexpected: {key}, {_shown(theirs[key])}" for key in self.unexpected),
            *(f"misshapen: {key} is {_shown(theirs[key])}, not {_shown(expected[key])}" for key in self.misshapen),
        )
        self.hint = BOTTLENECKS if _has_bottlenecks(theirs) and not _has_bottlenecks(expected) else ""
        super().__init__("\n".join(filter(None, (self.summary, *self.lines, self.hint))))

    @property
    def summary(self) -> str:
        kinds = {"missing": self.missing, "unexpected": self.unexpected, "misshapen": self.misshapen}
        counts = ", ".join(f"{len(keys)} {kind}" for kind, keys in kinds.items() if keys)
        return f"The checkpoint's tensors are not this network's: {counts}."

    @property
    def diagnostic(self) -> Diagnostic:
        return replace(error("MSD711", self.summary, help=self.hint), notes=("\n".join(map(clean, self.lines)),))


def convert(state_dict: Mapping[str, Tensor], compilation: Compilation) -> dict[str, Tensor]:
    """The tensors of the port's state_dict, its keys with or without `module.`, by the keys of the compiled module.

    What no exit needs is left out; the tensors are handed on, not copied. Raises Misfitting where keys or shapes are
    not the network's, TypeError for what is no state_dict, ForeignNetwork for a network that the port can't build, and
    SpecError.
    """
    from msdl.interop.msdnet_pytorch.keys import entries

    _check(state_dict)
    theirs = _without_module(state_dict)
    expected = entries(compilation)
    theirs = {**_counters(expected), **theirs}
    shapes = {key: tuple(tensor.shape) for key, tensor in theirs.items()}
    wanted = {entry.theirs: entry.shape for entry in expected}
    if shapes != wanted:
        raise Misfitting(shapes, wanted)
    return {entry.ours: theirs[entry.theirs] for entry in expected if entry.ours is not None}


def _check(state_dict: Mapping[Any, Any]) -> None:
    for key, value in state_dict.items():
        if not isinstance(key, str) or not hasattr(value, "shape"):
            hint = "; the state_dict lies under it" if key == "state_dict" else ""
            raise TypeError(f"a state_dict has tensors by name, but {key!r} is a {type(value).__name__}{hint}")


def _counters(expected: Sequence[Entry]) -> dict[str, Tensor]:
    """A count of 0 for every batch norm."""
    import torch

    counted = (entry.theirs for entry in expected if entry.theirs.endswith(COUNTER))
    return {key: torch.zeros((), dtype=torch.int64) for key in counted}


def _without_module(state_dict: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    if all(key.startswith(PARALLEL) for key in state_dict):
        return {key.removeprefix(PARALLEL): tensor for key, tensor in state_dict.items()}
    return state_dict


def _has_bottlenecks(keys: Iterable[str]) -> bool:
    return any(SECOND_CONVOLUTION.search(key) for key in keys)


def _shown(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape)) or "a number"
