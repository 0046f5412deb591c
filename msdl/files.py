"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path


def holds(folder: str | Path, name: str) -> bool:
    """Whether a folder has a file of that name; the folder's may be a text that can be no path."""
    try:
        return (Path(folder) / name).exists()
    except (OSError, ValueError):  # a name that is too long, a null character
        return False


def is_folder(name: str | Path) -> bool:
    """Whether there is a folder of this name, which may be a text that can be no path."""
    try:
        return Path(name).is_dir()
    except (OSError, ValueError):
        return False


def write(path: Path, content: str | bytes) -> None:
    """Writes a whole file or leaves what was there as it was. Raises OSError.

    The content goes to a temporary file beside it, which then takes its place and its permissions; behind a link,
    those of the file that it leads to.
    """
    data = content if isinstance(content, bytes) else content.encode("utf-8", errors="backslashreplace")
    if path.exists() and not path.is_file():
        _write_through(path, data)
    else:
        _replace(path.resolve(), data)


def _write_through(path: Path, data: bytes) -> None:
    """Into what isn't a regular file: a device such as /dev/stdout, or a pipe; a folder refuses."""
    with path.open("wb") as file:
        file.write(data)


def _replace(target: Path, data: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask()
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
