"""The command line as the tests call it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from msdl.cli.app import run

HEAVY = ("torch", "networkx", "lark", "rich", "jinja2")

TINY = """\
# A network for tests
network tiny(classes = 10, depth = 4) {
  input 3 x 16 x 16
  scales 2 { init 4, 8; growth 4, 8 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  reduce in 2 blocks
  exits at 2, depth: gap linear(classes)
}
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder with `tiny.msd` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.msd").write_text(TINY)
    return tmp_path


@pytest.fixture
def msdl(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`msdl("check", "tiny.msd")` runs a command within this process."""

    def call(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run(arguments)
        return Result(code, *capsys.readouterr())

    return call


@pytest.fixture
def process(folder: Path) -> Command:
    """`process("check", "tiny.msd")` runs a command as a process of its own."""

    def call(*arguments: str, **environment: str) -> Result:
        done = subprocess.run(
            [sys.executable, "-m", "msdl", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, **environment},
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return call


def complete(process: Command, words: str) -> list[str]:
    """What bash is told for a line whose last word is being typed."""
    typed = words.split(" ")
    result = process(COMP_WORDS=words, COMP_CWORD=str(len(typed) - 1), _MSDL_COMPLETE="bash_complete")
    assert result.err == ""
    return result.out.split()


def loaded(*arguments: str) -> set[str]:
    """The heavy modules that a command loads."""
    script = (
        "import sys; from msdl.cli import main; code = main(); "
        f"print(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def without(package: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command where a package is not installed."""
    script = f"import sys; sys.modules['{package}'] = None; from msdl.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
