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
from typing import TYPE_CHECKING, Any

from msdl import files
from msdl.runtime import record
from msdl.runtime.errors import InputError

if TYPE_CHECKING:
    from msdl.runtime.maps import View
    from msdl.runtime.preprocessing import Preprocessing

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

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "macs": self.macs, "parameters": self.parameters}


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
    def maps(self) -> Mapping[str, View] | None:
        """What part of the image the map of each exit is about; None where they tell classes of images.

        Raises InputError.
        """
        from msdl.runtime.maps import views_of

        try:
            return views_of(self.data, (exit.name for exit in self.exits), self.preprocessing.shape)
        except ValueError as error:
            raise InputError(f"'{self.path(RECORD)}' can't be used: {error}.") from None

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
            "exits": [exit.as_json() for exit in self.exits],
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
    from msdl.runtime.preprocessing import Preprocessing  # brings torch and Pillow, and names alone need neither

    exits = tuple(map(exit_of, record.items(data, "exits", dict)))
    if not exits or len({exit.name for exit in exits}) < len(exits):
        raise ValueError("its exits need names of their own, and there must be one at least")
    return Run(
        folder,
        record.field(data, "network", str),
        record.field(data, "digest", str),
        record.values(data, "settings", float),
        exits,
        record.items(data, "classes", str),
        Preprocessing.of_json(record.field(data, "preprocessing", dict)),
        record.field(data, "data", dict),
        record.field(data, "options", dict),
        record.values(data, "versions", str),
    )


def exit_of(data: Mapping[str, Any]) -> Exit:
    """Raises ValueError."""
    macs, parameters = (record.field(data, name, int) for name in ("macs", "parameters"))
    if macs < 0 or parameters < 0:
        raise ValueError("an exit's 'macs' and 'parameters' are not negative")
    return Exit(record.field(data, "name", str), macs, parameters)
