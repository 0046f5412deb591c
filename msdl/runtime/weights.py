"""Files of weights (safetensors): those of a run, and those that `msdl import` wrote for a SPEC."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import Preprocessing, Shape

# What is told of tensors that don't fit, before they are only counted.
MOST_TOLD = 6
# Where the file says how pictures are prepared for its weights.
PIXELS = "preprocessing"


@dataclass(frozen=True)
class Weights:
    """Tensors by their keys, and what the file says of itself."""

    path: Path
    tensors: Mapping[str, Tensor]
    said: Mapping[str, str]

    @classmethod
    def read(cls, path: Path) -> Weights:
        """Raises InputError."""
        try:
            with safe_open(path, framework="pt") as file:
                keys = file.keys()
                return cls(path, {key: file.get_tensor(key) for key in keys}, file.metadata() or {})
        except OSError as error:
            raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
        except SafetensorError as error:
            raise InputError(f"'{path}' is not a file of weights: {error}.") from None

    def fill(self, model: nn.Module, name: str, help: str = "") -> None:
        """Gives a module its weights, which are its own in number and shape. `name` says whose. Raises InputError."""
        wanted, found = (_shapes(tensors) for tensors in (model.state_dict(), self.tensors))
        apart = [key for key in dict.fromkeys([*wanted, *found]) if wanted.get(key) != found.get(key)]
        if apart:
            told = "; ".join(
                f"'{key}' is {_shown(found, key)}, in the network {_shown(wanted, key)}" for key in apart[:MOST_TOLD]
            )
            more = f"; and {len(apart) - MOST_TOLD} more" if len(apart) > MOST_TOLD else ""
            raise InputError(f"'{self.path}' doesn't hold the weights of {name}: {told}{more}.", help)
        for key, value in self.tensors.items():
            if not value.isfinite().all():
                raise InputError(f"'{self.path}' holds what is not a finite number, in '{key}'.")
        model.load_state_dict(dict(self.tensors))

    def preprocessing(self, shape: Shape) -> Preprocessing | None:
        """How the file says that pictures become images (C, H, W); None where it doesn't. Raises InputError.

        It has a mean and a deviation for each channel, and `crop`: which share of the shorter side is seen, or null
        where the whole picture is stretched to the image.
        """
        if PIXELS not in self.said:
            return None
        try:
            data = record.typed(json.loads(self.said[PIXELS]), dict, f"'{PIXELS}'")
            mean, std = (record.items(data, name, float) for name in ("mean", "std"))
            crop = None if data.get("crop") is None else record.field(data, "crop", float)
            if min(std) <= 0 or not (crop is None or 0 < crop <= 1):
                raise ValueError("deviations are above 0, and a share is at most 1")
            side = None if crop is None else math.ceil(max(shape[1:]) / crop - 1e-9)
            return Preprocessing(shape, mean, std, side)
        except (ValueError, RecursionError) as error:
            raise InputError(f"'{self.path}' doesn't say how pictures are prepared: {error}.") from None


def _shapes(tensors: Mapping[str, Tensor]) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in tensors.items()}


def _shown(shapes: Mapping[str, tuple[int, ...]], key: str) -> str:
    """`64 x 3 x 7 x 7`, `a number` or `missing`."""
    if key not in shapes:
        return "missing"
    return " x ".join(map(str, shapes[key])) or "a number"
