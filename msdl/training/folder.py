"""A run folder, made whole or not at all."""

from __future__ import annotations

import errno
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from msdl import files
from msdl.compilation import Compilation
from msdl.runtime.errors import InputError
from msdl.runtime.maps import MAPS, View
from msdl.runtime.run import CHECKPOINTS, MODULE, RECORD, SPEC, SPLITS, Exit, Run
from msdl.training.copies import copies, settings
from msdl.training.data.dataset import Dataset
from msdl.training.data.splits import write_splits
from msdl.training.lock import locked
from msdl.training.options import Options
from msdl.training.views import as_json
from msdl.version import VERSION

READABLE = 0o755


def insist_on_new(folder: Path) -> None:
    """Refuses a folder that holds something, or is being trained into. Raises InputError."""
    with writing(folder):
        if (folder / RECORD).exists():
            with locked(folder):
                pass
            begun = any((folder / CHECKPOINTS).glob("*.ckpt"))
            go_on = f"`msdl train --resume {folder}` goes on with it"
            raise InputError(
                f"'{folder}' holds a run already.", go_on if begun else "take another folder, or remove it first"
            )
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"'{folder}' exists, and is not an empty folder.", "a run needs a folder of its own")


def create(
    folder: Path, compilation: Compilation, data: Dataset, options: Options, views: Mapping[str, View] | None = None
) -> Run:
    """Makes a run's folder: a temporary one beside it is filled, and then takes its name. Raises InputError.

    `views` are those of exits that are maps.
    """
    insist_on_new(folder)
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent.resolve()))
        try:
            run = _fill(place, compilation, data, options, views)
            _move(place, folder)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
    return replace(run, folder=folder)


def _move(place: Path, folder: Path) -> None:
    """To a name that is free, or into an empty folder. Raises InputError where another run was faster."""
    target = folder.resolve()
    try:
        if target.exists():
            _move_into(place, target)
        else:
            place.chmod(READABLE)
            place.replace(target)  # refused where something is in it by now
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            insist_on_new(folder)
        raise


def _move_into(place: Path, folder: Path) -> None:
    """The folder of checkpoints, which one process alone can make, claims it; run.json, last, makes it a run."""
    (folder / CHECKPOINTS).mkdir()
    (place / CHECKPOINTS).rmdir()
    for entry in sorted(place.iterdir(), key=lambda entry: entry.name == RECORD):
        entry.replace(folder / entry.name)
    place.rmdir()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Says of what can't be written that it can't. Raises InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(f"'{path}' can't be written: {error.strerror or error}.") from None


def _fill(
    place: Path, compilation: Compilation, data: Dataset, options: Options, views: Mapping[str, View] | None
) -> Run:
    """The module is made from the copies: the folder alone tells how it came about."""
    for name, text in copies(compilation).items():
        files.write(place / name, text)
    kept = replace(Compilation.of(place / SPEC), chosen=compilation.network.name, settings=settings(compilation))
    files.write(place / MODULE, kept.emit("torch"))
    (place / CHECKPOINTS).mkdir()
    run = Run(
        place,
        kept.network.name,
        kept.digest,
        settings(compilation),
        tuple(Exit(exit.name, exit.macs.lazy, exit.parameters) for exit in kept.costs.exits),
        data.classes,
        data.preprocessing,
        _facts(data, views),
        options.as_json(),
        _versions(),
    )
    write_splits(data, run.path(SPLITS))
    run.write()
    return run


def _facts(data: Dataset, views: Mapping[str, View] | None) -> Mapping[str, Any]:
    counts = {"train": len(data.train), "validation": len(data.validation), "test": len(data.test)}
    facts: dict[str, Any] = {"source": data.source, "images": counts}
    if data.image_column:
        facts["image_column"] = data.image_column
    if data.masking is not None:
        facts["masks"] = data.masking.as_json()
    if views is not None:
        facts[MAPS] = as_json(views)
    return facts


def _versions() -> dict[str, str]:
    packages = {name: version(name) for name in ("torch", "lightning")}
    return {"msdl": VERSION, "python": platform.python_version(), **packages}
