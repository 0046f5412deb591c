"""`msdl check --watch`: which files specs are read from, and when one of them changes.

watchfiles is imported with this module, so that a missing one is told before anything is checked.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import click
import watchfiles

from msdl.diagnostics import Mistake
from msdl.language import imports, load
from msdl.language import syntax as ast
from msdl.language.parse import parse
from msdl.report import brief

# Some file systems, of networks and of containers, report no changes: every so often one has to look.
LOOK_EVERY_MS = 500

# When a file was written, which file it is and how long; None for one that isn't there.
Stamp = tuple[int, int, int] | None


def repeat(check: Callable[[], object], specs: Sequence[str]) -> NoReturn:
    """Checks now and after every change, until Ctrl-C. Raises UsageError."""
    while True:
        stamps = stamps_of(specs)
        check()
        click.echo(f"{_time()} Waiting for a change; Ctrl-C ends.", err=True)
        changed = ", ".join(brief(path.name) for path in wait(stamps))
        click.echo(f"\n{_time()} {changed} changed.", err=True)


def stamps_of(specs: Sequence[str]) -> dict[Path, Stamp]:
    """Every file that the specs are read from, or would be if it were there.

    A file is stamped before it is read, so that no change falls between the two.
    """
    stamps: dict[Path, Stamp] = {}
    left = [path for spec in specs for path, _ in load.candidates(spec)]
    while left:
        path = left.pop(0)
        if path not in stamps:
            stamps[path] = _stamp(path)
            left += _imports(path)
    return stamps


def wait(stamps: Mapping[Path, Stamp]) -> list[Path]:
    """Waits until files have other stamps, and says which. Raises UsageError."""
    # An editor may save by putting another file in its place, which only the folder hears of.
    folders = {_nearest_folder(path) for path in stamps}
    looks = watchfiles.watch(
        *folders, watch_filter=None, recursive=False, yield_on_timeout=True, rust_timeout=LOOK_EVERY_MS
    )
    try:
        return next(filter(None, (_changed(stamps) for _ in looks)))
    except OSError as error:
        raise click.UsageError(f"The folders of the specs can't be watched: {error}.") from None


def _changed(stamps: Mapping[Path, Stamp]) -> list[Path]:
    return [path for path, stamp in stamps.items() if _stamp(path) != stamp]


def _imports(path: Path) -> Iterator[Path]:
    """Where the files that a file imports may lie; a pipe is left to the check, since it can be read once."""
    try:
        if not path.is_file():
            return
        document, _ = parse(load.read(path))
    except (Mistake, OSError):
        return
    for item in document.items:
        if isinstance(item, ast.Import):
            yield from imports.candidates(item, path.resolve().parent)


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except (OSError, ValueError):  # not there, a name too long, or one with a null character
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def _nearest_folder(path: Path) -> Path:
    """The folder of a file, behind its links, or what there is of the way to it."""
    return next(folder for folder in Path(os.path.realpath(path)).parents if _stamp(folder) is not None)


def _time() -> str:
    return f"[{datetime.now():%H:%M:%S}]"
