"""An export's folder, made whole or not at all."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from msdl.runtime.errors import InputError
from msdl.runtime.manifest import MANIFEST, TIMES, Manifest
from msdl.runtime.run import Run
from msdl.training.folder import READABLE, writing


def insist_on_place(folder: Path, run: Run | None, force: bool) -> None:
    """Refuses a folder that holds something else than an export that may be replaced. Raises InputError."""
    with writing(folder):
        if run is not None and _real(folder).is_relative_to(_real(run.folder)):
            raise InputError(f"'{folder}' lies in the run '{run.folder}'.", OWN)
        if (folder / MANIFEST).exists():
            if not force:
                raise InputError(f"'{folder}' holds an export already.", "--force replaces it")
            Manifest.read(folder)
        elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"'{folder}' exists, and is not an empty folder.", OWN)


OWN = "an export needs a folder of its own"


@contextmanager
def filled(folder: Path) -> Iterator[Path]:
    """A temporary folder, whose files are at the named place when they are all there. Raises InputError.

    Where the folder exists they are moved into it: it may be a volume that was mounted, which can't be renamed.
    """
    with writing(folder):
        target = _real(folder)
        beside = next(path for path in (target, *target.parents) if path.exists())
        place = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=beside))
    try:
        with _gone_when_interrupted(place):
            yield place
        with writing(folder):
            _move(place, target)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


@contextmanager
def _gone_when_interrupted(place: Path) -> Iterator[None]:
    """Removes a folder before anybody hears of Ctrl-C: while something is imported, `msdl` ends at once then."""
    told = signal.getsignal(signal.SIGINT)
    if not callable(told) or threading.current_thread() is not threading.main_thread():
        yield  # nobody hears of it, or this thread can't
        return

    def interrupted(number: int, frame: FrameType | None) -> None:
        shutil.rmtree(place, ignore_errors=True)
        told(number, frame)

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, told)


def _real(path: Path) -> Path:
    """Where links lead; `Path.resolve` raises RuntimeError for one that leads to itself, until Python 3.13."""
    return Path(os.path.realpath(path))


def _move(place: Path, target: Path) -> None:
    if target.exists():
        _move_into(place, target)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        place.chmod(READABLE)
        place.rename(target)


def _move_into(place: Path, target: Path) -> None:
    """The manifest goes first and comes last: no reader sees one whose files are not all there."""
    if (target / MANIFEST).exists():
        old = Manifest.read(target)
        for name in (MANIFEST, TIMES, *(part.file for part in (*old.sections, *old.direct))):
            (target / name).unlink(missing_ok=True)
    for path in sorted(place.iterdir(), key=lambda path: path.name == MANIFEST):
        path.rename(target / path.name)
    place.rmdir()
