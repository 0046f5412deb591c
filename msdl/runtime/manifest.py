"""An export: a folder of graphs, one a section, with all that is needed to run them without msdl.

manifest.json         this module's `Manifest`
section1.onnx, ..     the work between two exits, one file each (.pt2 where the target is torch.export)
direct1.onnx, ..      the network of one exit alone, where they were asked for
exit3.onnx            instead of all these the network of one exit, where that alone was asked for
times.json            written by `msdl bench`: what the sections take, on the machine where they were measured
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msdl import files
from msdl.network.graph import IMAGE
from msdl.network.schedule import LOGITS, Value
from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.run import Exit, exit_of

if TYPE_CHECKING:
    from msdl.runtime.maps import View
    from msdl.runtime.policy import Policy
    from msdl.runtime.preprocessing import Preprocessing

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
TIMES = "times.json"
BATCH = "batch"  # the first extent of every tensor
TARGETS = ("onnx", "pt2")
HELP = "`msdl export RUN -o DIR` makes one"


@dataclass(frozen=True)
class Part:
    """A graph in a file of its own, up to an exit: the image or the state comes in, logits and the new state go out."""

    exit: str
    file: str
    sha256: str
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]

    def as_json(self) -> dict[str, Any]:
        values = {"inputs": self.inputs, "outputs": self.outputs}
        shown = {name: [*map(_shown, of)] for name, of in values.items()}
        return {"exit": self.exit, "file": self.file, "sha256": self.sha256, **shown}


@dataclass(frozen=True)
class Manifest:
    """What manifest.json holds.

    `exits` have their lazy MACs and parameters. `preprocessing`, `classes` (their names) and `policy` are None for a
    network that was never trained; `verified` says how the graphs were held against the module, and is for people, as
    `versions` are. `maps` has the views of exits that put out maps, and is None where not all do.
    """

    folder: Path
    network: str
    digest: str
    settings: Mapping[str, int | float]
    target: str
    shape: tuple[int, int, int]
    exits: tuple[Exit, ...]
    sections: tuple[Part, ...]
    direct: tuple[Part, ...]
    preprocessing: Preprocessing | None
    classes: tuple[str, ...] | None
    policy: Policy | None
    verified: Mapping[str, Any]
    versions: Mapping[str, str]
    maps: Mapping[str, View] | None = None

    def path(self, part: Part) -> Path:
        return self.folder / part.file

    def content(self, part: Part) -> bytes:
        """A graph's file, which is the one that was written. Raises InputError."""
        path = self.path(part)
        try:
            content = path.read_bytes()
        except (OSError, ValueError) as error:  # a null character in its name
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"'{path}' can't be read: {reason}.", HELP) from None
        if sha256(content) != part.sha256:
            raise InputError(f"'{path}' is not the file that {MANIFEST} describes: its SHA-256 differs.", HELP)
        return content

    def as_json(self) -> str:
        data = {
            "format_version": FORMAT_VERSION,
            "network": self.network,
            "digest": self.digest,
            "settings": dict(self.settings),
            "target": self.target,
            "input": _shown(Value(IMAGE, self.shape)),
            "preprocessing": None if self.preprocessing is None else self.preprocessing.as_json(),
            "classes": None if self.classes is None else list(self.classes),
            "maps": None if self.maps is None else {exit: [*view] for exit, view in self.maps.items()},
            "exits": [exit.as_json() for exit in self.exits],
            "sections": [part.as_json() for part in self.sections],
            "direct": [part.as_json() for part in self.direct],
            "policy": None if self.policy is None else json.loads(self.policy.as_json()),
            "verified": dict(self.verified),
            "versions": dict(self.versions),
        }
        return json.dumps(data, indent=2) + "\n"

    def write(self) -> None:
        """Writes manifest.json. Raises OSError."""
        files.write(self.folder / MANIFEST, self.as_json())

    @classmethod
    def read(cls, folder: str | Path) -> Manifest:
        """Raises InputError."""
        folder = Path(folder)
        try:
            return _manifest(folder, record.read(folder / MANIFEST, FORMAT_VERSION))
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"'{folder}' is not an export: it has no {MANIFEST}.", HELP) from None
        except ValueError as error:
            raise InputError(f"'{folder / MANIFEST}' can't be used: {error}.") from None


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _manifest(folder: Path, data: Mapping[str, Any]) -> Manifest:
    """Raises ValueError."""
    from msdl.runtime.maps import views_of
    from msdl.runtime.policy import policy_of
    from msdl.runtime.preprocessing import Preprocessing

    target = record.field(data, "target", str)
    if target not in TARGETS:
        raise ValueError(f"its target '{target}' is none of {', '.join(TARGETS)}")
    image = _value(record.field(data, "input", dict), 3)
    channels, height, width = image.shape
    preprocessing, classes, policy = (data.get(name) for name in ("preprocessing", "classes", "policy"))
    exits = tuple(map(exit_of, record.items(data, "exits", dict)))
    found = Manifest(
        folder,
        record.field(data, "network", str),
        record.field(data, "digest", str),
        record.values(data, "settings", float),
        target,
        (channels, height, width),
        exits,
        tuple(map(_part, record.items(data, "sections", dict))),
        tuple(map(_part, record.items(data, "direct", dict))),
        None if preprocessing is None else Preprocessing.of_json(record.typed(preprocessing, dict, "'preprocessing'")),
        None if classes is None else record.items(data, "classes", str),
        None if policy is None else policy_of(record.typed(policy, dict, "'policy'")),
        record.field(data, "verified", dict),
        record.values(data, "versions", str),
        views_of(data, (exit.name for exit in exits), (channels, height, width)),
    )
    _insist_on_order(found, image)
    _insist_on_agreement(found)
    return found


def _insist_on_order(manifest: Manifest, image: Value) -> None:
    """A section an exit, in their order, each reading what the one before leaves. Raises ValueError."""
    names = tuple(exit.name for exit in manifest.exits)
    if not names or len(set(names)) < len(names):
        raise ValueError("its exits need names of their own, and there must be one at least")
    if names != tuple(part.exit for part in manifest.sections):
        raise ValueError("its sections are not those of its exits, in their order")
    if manifest.direct and names != tuple(part.exit for part in manifest.direct):
        raise ValueError("its 'direct' graphs are not those of its exits, in their order")
    state: tuple[Value, ...] = (image,)
    for part in manifest.sections:
        if part.inputs != state:
            raise ValueError(f"the section of '{part.exit}' doesn't read what the one before it leaves")
        if not part.outputs or part.outputs[0].name != LOGITS:
            raise ValueError(f"the section of '{part.exit}' doesn't put out {LOGITS} first")
        state = part.outputs[1:]
    for part, section in zip(manifest.direct, manifest.sections, strict=False):
        if (part.inputs, part.outputs) != ((image,), section.outputs[:1]):
            raise ValueError(f"the 'direct' graph of '{part.exit}' doesn't lead from the image to its logits")


def _insist_on_agreement(manifest: Manifest) -> None:
    """What comes from training fits the sections. Raises ValueError."""
    names = tuple(exit.name for exit in manifest.exits)
    if manifest.policy is not None and manifest.policy.exits != names[: len(manifest.policy.exits)]:
        raise ValueError("its policy is for other exits")
    if manifest.preprocessing is not None and manifest.preprocessing.shape != manifest.shape:
        raise ValueError("its 'preprocessing' makes other images than the first section reads")
    named = None if manifest.classes is None else len(manifest.classes)
    if named is not None and any(part.outputs[0].shape[0] != named for part in manifest.sections):
        raise ValueError(f"it names {named} classes, and an exit puts out another number")
    if manifest.maps is not None and any(len(part.outputs[0].shape) != 3 for part in manifest.sections):
        raise ValueError("it says what 'maps' are about, and not every exit puts out one")


def _part(data: Mapping[str, Any]) -> Part:
    file = record.field(data, "file", str)
    if Path(file).name != file or file in ("", ".."):
        raise ValueError(f"the file '{file}' of a section has to lie in the folder itself")
    inputs, outputs = (tuple(map(_value, record.items(data, name, dict))) for name in ("inputs", "outputs"))
    return Part(record.field(data, "exit", str), file, record.field(data, "sha256", str), inputs, outputs)


def _shown(value: Value) -> dict[str, Any]:
    return {"name": value.name, "dtype": "float32", "shape": [BATCH, *value.shape]}


def _value(data: Mapping[str, Any], rank: int | None = None) -> Value:
    if record.field(data, "dtype", str) != "float32":
        raise ValueError("a tensor is not of float32")
    batch, *shape = record.field(data, "shape", list) or [""]
    if batch != BATCH:
        raise ValueError(f"a tensor's first extent is not the '{BATCH}'")
    extents = tuple(record.typed(extent, int, "an extent of a shape") for extent in shape)
    if min(extents, default=0) < 1 or (rank is not None and len(extents) != rank):
        raise ValueError(f"{list(extents)} is no shape of a tensor there")
    return Value(record.field(data, "name", str), extents)
