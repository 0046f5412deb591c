"""A path, a library name or `-` -> Source."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
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
    meant = readings(spec)
    if STANDARD_INPUT in meant:
        return decoded("<stdin>", standard_input()), Path(), meant[STANDARD_INPUT]
    if not spec:
        raise mistake("MSD101", "The name of a spec is empty.")
    path, network = _located(spec)
    return read(path), path.parent, network


def readings(spec: str) -> Mapping[str, str | None]:
    """What SPEC may name, the likelier first, and the network meant: `a:b` itself, then the network `b` of `a`."""
    name, _, network = spec.rpartition(":")
    return {spec: None, name: network} if name else {spec: None}


def candidates(spec: str) -> Iterator[tuple[Path, str | None]]:
    """Where the file of a SPEC may lie, the likelier place first, each with the network meant."""
    specs = library.specs()
    for name, network in readings(spec).items():
        yield Path(name), network
        if name in specs:
            yield specs[name], network


def _located(spec: str) -> tuple[Path, str | None]:
    found = [(path, network) for path, network in candidates(spec) if _exists(path)]
    if found:
        # A folder is read where nothing else has its name: reading it says what it is.
        return min(found, key=lambda place: place[0].is_dir())
    *_, name = readings(spec)
    hint = did_you_mean(name, library.specs()) or "`msdl list` shows the library"
    raise mistake("MSD101", f"There is no file and no library network '{name}'.", help=hint)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name too long, or with a null character
        return False


def read(path: Path) -> Source:
    """A file's text. Raises Mistake when it is missing, no file, too large or no text."""
    return decoded(str(path), content(path), is_file=True)


def standard_input() -> bytes:
    """What stands on the standard input, or the beginning of what is too large. Raises Mistake."""
    if sys.stdin is None:
        raise mistake("MSD101", "There is no standard input to read.")
    return sys.stdin.buffer.read(MOST_BYTES + 1)


def content(path: Path) -> bytes:
    """What stands in a file, or the beginning of what is too large. Raises Mistake."""
    try:
        if path.is_dir():
            raise mistake("MSD101", f"'{path}' is a folder; a spec is a file.")
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise mistake("MSD101", f"'{path}' can't be read: {reason}.") from None


def decoded(name: str, data: bytes, is_file: bool = False) -> Source:
    """Bytes as the text of a spec, without a byte order mark. Raises Mistake when they are too many or no text."""
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
    return Source(name, text, is_file)


def _not_text(name: str, reason: str) -> Mistake:
    return mistake("MSD102", f"'{name}' is not a text file: {reason}.")
