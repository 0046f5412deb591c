"""A path, a library name or `-` -> Source."""

from __future__ import annotations

import sys
from pathlib import Path

from msdl import library
from msdl.diagnostics import Mistake, mistake
from msdl.language.parse import LARGEST_SOURCE
from msdl.language.suggest import did_you_mean
from msdl.source import Source

STANDARD_INPUT = "-"
# A character of UTF-8 takes up to four bytes.
MOST_BYTES = 4 * LARGEST_SOURCE


def load(spec: str) -> tuple[Source, Path, str | None]:
    """The source that SPEC names, the folder its imports start from, and the network after the colon, if any.

    SPEC is a path, a library name, either with `:network` behind it, or `-`. Raises Mistake.
    """
    name, network = _split(spec)
    if STANDARD_INPUT in (spec, name):
        if sys.stdin is None:
            raise mistake("MSD101", "There is no standard input to read.", None)
        return _decoded("<stdin>", sys.stdin.buffer.read(MOST_BYTES + 1)), Path(), network
    if not spec:
        raise mistake("MSD101", "The name of a spec is empty.", None)
    path, network = _locate(spec)
    return read(path), path.parent, network


def _locate(spec: str) -> tuple[Path, str | None]:
    for name, network in ((spec, None), _split(spec)):
        path = Path(name)
        if name in (specs := library.specs()) and not _is_file(path):
            return specs[name], network
        if _exists(path):
            return path, network
    name, network = _split(spec)
    hint = did_you_mean(name, library.specs()) or "`msdl list` shows the library"
    raise mistake("MSD101", f"There is no file and no library network '{name}'.", None, help=hint)


def _split(spec: str) -> tuple[str, str | None]:
    name, colon, network = spec.rpartition(":")
    return (name, network) if colon else (spec, None)


def _is_file(path: Path) -> bool:
    return _exists(path) and not path.is_dir()


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def read(path: Path) -> Source:
    """A file's text. Raises Mistake when it is missing, no file, too large or no text."""
    try:
        if path.is_dir():
            raise mistake("MSD101", f"'{path}' is a folder; a spec is a file.", None)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise mistake("MSD101", f"'{path}' can't be read: {reason}.", None) from None
    return _decoded(str(path), data)


def _decoded(name: str, data: bytes) -> Source:
    if len(data) > MOST_BYTES:
        raise mistake(
            "MSD103", f"'{name}' is larger than {LARGEST_SOURCE // 1024} KiB, the most a spec may hold.", None,
            help="split it with `import`" if name.endswith(".msd") else "",
        )  # fmt: skip
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _not_text(name, f"byte {error.start} is not UTF-8") from None
    if "\0" in text:
        raise _not_text(name, f"it holds a null character at {text.index(chr(0))}")
    return Source(name, text)


def _not_text(name: str, reason: str) -> Mistake:
    return mistake("MSD102", f"'{name}' is not a text file: {reason}.", None)
