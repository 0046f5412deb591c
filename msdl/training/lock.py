"""One process at a time trains into a run folder."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msdl.runtime.errors import InputError
from msdl.training.process import is_first

HAS_LOCKS = importlib.util.find_spec("fcntl") is not None  # Windows has not


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds a run folder; the system lets go of it however the process ends. Raises InputError where another has it.

    Of several processes of one training the first holds it for all. File systems without locks hold nothing.
    """
    if not HAS_LOCKS or not is_first():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _take(handle, folder)
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"'{folder}' is being trained by another process.") from None
    except OSError:  # such as some network file systems
        pass
