"""`msdl check --watch`: which files specs are read from, and when one of them changes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import click

from msdl import library
from msdl.diagnostics import Mistake
from msdl.language import syntax as ast
from msdl.language.load import read
from msdl.language.parse import parse
from msdl.report import brief

# Some file systems, of networks and of containers, report no changes: every so often one has to look.
LOOK_EVERY_MS = 500

# When a file was written, which file it is and how long; None for one that isn't there.
Stamp = tuple[int, int, int] | None


def rounds(specs: Sequence[str]) -> Iterator[None]:
    """The times to check: now, and after every change, until Ctrl-C. Raises UsageError."""
    if find_spec("watchfiles") is None:
        raise click.UsageError("`--watch` needs watchfiles, which is not installed: pip install watchfiles")
    while True:
        stamps = stamps_of(specs)
        yield
        click.echo(f"{_time()} Waiting for a change; Ctrl-C ends.", err=True)
        changed = ", ".join(brief(path.name) for path in wait(stamps))
        click.echo(f"\n{_time()} {changed} changed.", err=True)


def stamps_of(specs: Sequence[str]) -> dict[Path, Stamp]:
    """Every file that the specs are read from, or would be if it were there.

    A file is stamped before it is read, so that no change falls between the two.
    """
    stamps: dict[Path, Stamp] = {}
    left = [path for spec in specs for path in _candidates(spec)]
    while left:
        path = left.pop(0)
        if path not in stamps:
            stamps[path] = _stamp(path)
            left += _imports(path)
    return stamps


def wait(stamps: Mapping[Path, Stamp]) -> list[Path]:
    """Waits until files have other stamps, and says which. Raises UsageError."""
    from watchfiles import watch

    # An editor may save by putting another file in its place, which only the folder hears of.
    folders = {_nearest_folder(path) for path in stamps}
    looks = watch(*folders, watch_filter=None, recursive=False, yield_on_timeout=True, rust_timeout=LOOK_EVERY_MS)
    try:
        return next(filter(None, (_changed(stamps) for _ in looks)))
    except OSError as error:
        raise click.UsageError(f"The folders of the specs can't be watched: {error}.") from None


def _changed(stamps: Mapping[Path, Stamp]) -> list[Path]:
    return [path for path, stamp in stamps.items() if _stamp(path) != stamp]


def _candidates(spec: str) -> Iterator[Path]:
    """What SPEC may stand for: a path or a name of the library, either with `:network` behind it."""
    specs = library.specs()
    for name in dict.fromkeys([spec, spec.rpartition(":")[0] or spec]):
        yield Path(name)
        if name in specs:
            yield specs[name]


def _imports(path: Path) -> Iterator[Path]:
    """Where the files that a file imports are looked for; a pipe is left to the check, since it can be read once."""
    try:
        if not path.is_file():
            return
        document, _ = parse(read(path))
    except (Mistake, OSError):
        return
    for item in document.items:
        if isinstance(item, ast.Import):
            yield path.resolve().parent / item.path
            yield library.SPECS / item.path


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
