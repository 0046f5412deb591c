"""What torch.compile needs beside torch: a compiler of C++, and Python's headers. Found without loading torch."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

# What torch.compile calls where CXX names no other.
COMPILERS = {"darwin": "clang++", "win32": "cl"}


@dataclass(frozen=True, slots=True)
class Lacking:
    """Something that isn't there, and how to get it."""

    what: str
    remedy: str


def compiler() -> str:
    """The command that compiles C++."""
    return os.environ.get("CXX") or COMPILERS.get(sys.platform, "g++")


def lacking() -> Lacking | None:
    """What keeps torch.compile from making code for the CPU; None where nothing does."""
    headers = Path(sysconfig.get_path("include")) / "Python.h"
    if shutil.which(compiler()) is None:
        return Lacking(
            f"a C++ compiler: {compiler()} is not found", f"install {compiler()}, or name another compiler in CXX"
        )
    if not headers.is_file():
        return Lacking(str(headers), "install the headers of this Python")
    return None
