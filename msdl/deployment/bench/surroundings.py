"""What else decides how fast an engine is: threads and versions."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version

import torch

from msdl.version import VERSION

PACKAGES = ("torch", "onnxruntime")


@contextmanager
def threads_of_torch(count: int | None) -> Iterator[int]:
    """Lets torch use so many threads, its usual number where none is said; afterwards all is as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count or before)
    try:
        yield count or before
    finally:
        torch.set_num_threads(before)


def versions() -> dict[str, str]:
    """msdl, Python, and of what engines are made from all that is installed."""
    found = {"msdl": VERSION, "python": platform.python_version()}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
