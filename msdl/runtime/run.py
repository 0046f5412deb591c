"""A run folder: a trained network with all that is needed to use it, and all that is needed to make it again.

run.json             this module's `Run`: what was trained, on what, how; format version, versions, seeds
spec.msd             the spec, and beside it the files it imports from elsewhere than the library
network.py           the generated module
weights.safetensors  its weights
metrics.csv          a row an epoch
splits.json          which images were for training, validation and test
checkpoints/         what `msdl train --resume` goes on from
policy.json          written by `msdl calibrate`
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from msdl import files
from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import MODES, Preprocessing

FORMAT_VERSION = 1
RECORD = "run.json"
SPEC = "spec.msd"
MODULE = "network.py"
WEIGHTS = "weights.safetensors"
METRICS = "metrics.csv"
SPLITS = "splits.json"
CHECKPOINTS = "checkpoints"
POLICY = "policy.json"


@dataclass(frozen=True)
class Exit:
    """An exit: its name, the lazy MACs up to it and the parameters so far, for one image."""

    name: str
    macs: int
    parameters: int


@dataclass(frozen=True)
class Run:
    """What run.json holds. `data`, `options` and `versions` are for `msdl.training` and for people."""

    folder: Path
    network: str
    digest: str
    settings: Mapping[str, int | float]
    exits: tuple[Exit, ...]
    classes: tuple[str, ...]
    preprocessing: Preprocessing
    data: Mapping[str, Any]
    options: Mapping[str, Any]
    versions: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.folder.resolve().name

    @property
    def macs(self) -> tuple[int, ...]:
        """Lazy MACs up to every exit."""
        return tuple(exit.macs for exit in self.exits)

    @property
    def trained(self) -> bool:
        return (self.folder / WEIGHTS).is_file()

    def path(self, name: str) -> Path:
        """One of the folder's files."""
        return self.folder / name

    def write(self) -> None:
        """Writes run.json. Raises OSError."""
        data = {
            "format_version": FORMAT_VERSION,
            "network": self.network,
            "digest": self.digest,
            "settings": dict(self.settings),
            "exits": [{"name": exit.name, "macs": exit.macs, "parameters": exit.parameters} for exit in self.exits],
            "classes": list(self.classes),
            "preprocessing": self.preprocessing.as_json(),
            "data": dict(self.data),
            "options": dict(self.options),
            "versions": dict(self.versions),
        }
        files.write(self.path(RECORD), json.dumps(data, indent=2) + "\n")

    @classmethod
    def read(cls, folder: str | Path) -> Run:
        """Raises InputError."""
        folder = Path(folder)
        try:
            return _run(folder, record.read(folder / RECORD, FORMAT_VERSION))
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"'{folder}' is not a run folder: it has no {RECORD}.", HELP) from None
        except ValueError as error:
            raise InputError(f"'{folder / RECORD}' can't be used: {error}.") from None


HELP = "`msdl train SPEC -o RUN` makes one"


def _run(folder: Path, data: Mapping[str, Any]) -> Run:
    """Raises ValueError."""
    exits = tuple(map(_exit, record.items(data, "exits", dict)))
    if not exits or len({exit.name for exit in exits}) < len(exits):
        raise ValueError("its exits need names of their own, and there must be one at least")
    return Run(
        folder,
        record.field(data, "network", str),
        record.field(data, "digest", str),
        record.values(data, "settings", float),
        exits,
        record.items(data, "classes", str),
        _preprocessing(record.field(data, "preprocessing", dict)),
        record.field(data, "data", dict),
        record.field(data, "options", dict),
        record.values(data, "versions", str),
    )


def _exit(data: Mapping[str, Any]) -> Exit:
    macs, parameters = (record.field(data, name, int) for name in ("macs", "parameters"))
    if macs < 0 or parameters < 0:
        raise ValueError("an exit's 'macs' and 'parameters' are not negative")
    return Exit(record.field(data, "name", str), macs, parameters)


def _preprocessing(data: Mapping[str, Any]) -> Preprocessing:
    channels, height, width = (record.field(data, name, int) for name in ("channels", "height", "width"))
    side = None if data.get("shorter_side") is None else record.field(data, "shorter_side", int)
    mean, std = (record.items(data, name, float) for name in ("mean", "std"))
    if channels not in MODES:
        raise ValueError(f"a picture can't have {channels} channels")
    if min(height, width) < 1 or min(std, default=1) <= 0:
        raise ValueError("a height, a width and a std are positive")
    return Preprocessing((channels, height, width), mean, std, side)


def load(folder: str | Path) -> nn.Module:
    """The trained network of a run folder, for inference (`eval`), on the CPU.

    It is the generated module with two attributes more: `preprocessing`, which makes a batch of one from a picture
    (`model(model.preprocessing("cat.png"))`), and `class_names`. The folder's network.py is executed: load none that
    you wouldn't run. Raises InputError.
    """
    run = Run.read(folder)
    if not run.trained:
        raise InputError(
            f"'{run.folder}' has no {WEIGHTS} yet.", f"`msdl train --resume {run.folder}` goes on training"
        )
    model = _module(run)
    _insist_on_agreement(run, model)
    _fill(model, run.path(WEIGHTS))
    vars(model).update(preprocessing=run.preprocessing, class_names=run.classes)  # values, not modules
    # Convolutions are faster so, on CPUs as well (docs/benchmarks.md).
    return model.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload,no-any-return]


def _module(run: Run) -> nn.Module:
    """The generated module, freshly initialised. Raises InputError."""
    from msdl.runtime.load import execute

    path = run.path(MODULE)
    try:
        model: nn.Module = execute(path.read_text(encoding="utf-8"), run.network).Network()
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
    except Exception as error:  # whatever a file that was edited or cut short may raise
        raise InputError(f"'{path}' can't be run: {type(error).__name__}: {error}.") from None
    return model


def _insist_on_agreement(run: Run, model: nn.Module) -> None:
    """Refuses a run.json that was written for another network. Raises InputError."""
    try:
        described = (run.preprocessing.shape, tuple(exit.name for exit in run.exits), len(run.classes))
        built = (model.INPUT, model.EXITS, model.CLASSES)
    except AttributeError as error:
        raise InputError(f"'{run.path(MODULE)}' is not a module that msdl wrote: {error}.") from None
    for what, said, found in zip(("input", "exits", "classes"), described, built, strict=True):
        if said != found:
            raise InputError(f"'{run.path(RECORD)}' doesn't fit {MODULE}: {what} {said}, and there {found}.")


def _fill(model: nn.Module, path: Path) -> None:
    """Gives a network its weights. Raises InputError."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        tensors = load_file(path)
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
    except SafetensorError as error:
        raise InputError(f"'{path}' is not a file of weights: {error}.") from None
    wanted, found = ({key: tuple(value.shape) for key, value in of.items()} for of in (model.state_dict(), tensors))
    for key in [*wanted, *found]:
        if wanted.get(key) != found.get(key):
            shapes = f"'{key}' is {found.get(key, 'not there')}, and in the network {wanted.get(key, 'not there')}"
            raise InputError(f"'{path}' doesn't hold the weights of {MODULE}: {shapes}.")
    model.load_state_dict(tensors)
    for key, value in model.state_dict().items():
        if not value.isfinite().all():
            raise InputError(f"'{path}' holds what is not a finite number, in '{key}'.")
