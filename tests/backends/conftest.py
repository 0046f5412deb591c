"""What the tests of several backends share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Mypy = Callable[..., None]


@pytest.fixture(scope="session")
def mypy(tmp_path_factory: pytest.TempPathFactory) -> Mypy:
    """`mypy(path, ..)`: the sources are typed, strictly. What mypy learns of torch, half a minute's work, is kept."""
    cache = tmp_path_factory.mktemp("mypy")

    def check(*paths: Path) -> None:
        command = ["mypy", "--strict", "--config-file=", f"--cache-dir={cache}", *map(str, paths)]
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return check
