"""What all tests share: golden files, and the laws' settings."""

from __future__ import annotations

import os
from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import settings

# Networks of tests are so small that threads only wait for each other; torch and what is started here read this.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples every time, and no clock: these machines are shared.
settings.register_profile("msdl", derandomize=True, deadline=None)
settings.load_profile("msdl")

Golden = Callable[[str, Path], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing with them"
    )


@pytest.fixture(scope="session")
def golden(pytestconfig: pytest.Config) -> Golden:
    """`golden(text, path)`: the text is what the file holds; under --update-golden the file is written."""

    def compare(text: str, path: Path) -> None:
        if pytestconfig.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
            return
        expected = path.read_text(encoding="utf-8") if path.exists() else ""
        if text != expected:
            lines = (expected.splitlines(), text.splitlines())
            difference = "\n".join(unified_diff(*lines, str(path), "now", lineterm=""))
            pytest.fail(f"{path} differs; `make golden` renews it.\n{difference}", pytrace=False)

    return compare
