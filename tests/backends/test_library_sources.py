"""The sources of the library's networks: Python as a person would keep it, whatever the network."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from msdl.compilation import Compilation
from tests.backends.conftest import Mypy
from tests.backends.small import NETWORKS

# Sweeps, gates, cells of many sources, splits and tuples; mypy takes a second for each.
TYPED = ("dpn92", "highway19", "hrnet_w18", "nasnet_cell", "refinenet101", "segnet", "shufflenet_v2", "unet_same")
TARGETS = ("torch", "inference")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sources of all networks, for both targets."""
    folder = tmp_path_factory.mktemp("library")
    for name in NETWORKS:
        compilation = Compilation.of(name)
        for target in TARGETS:
            (folder / f"{name}_for_{target}.py").write_text(compilation.emit(target))
    return folder


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_python(written: Path, name: str, target: str) -> None:
    text = (written / f"{name}_for_{target}.py").read_text()
    tree = ast.parse(text)
    made = [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    assert made[-1] == "Network"
    assert {*made[:-1]} <= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}, "what nobody uses"
    assert text.isascii()


def _tool(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("width", [88, 120])
def test_it_is_formatted(written: Path, width: int) -> None:
    _tool("ruff", "format", "--isolated", "--check", "--line-length", str(width), str(written))


def test_it_is_clean(written: Path) -> None:
    rules = "E,F,W,I,UP,B,SIM,N,RET,C4,RUF,ANN"
    command = ["ruff", "check", "--isolated", "--line-length", "88", "--target-version=py311"]
    _tool(*command, "--select", rules, str(written))


@pytest.mark.slow
def test_it_is_typed(written: Path, mypy: Mypy) -> None:
    mypy(*(written / f"{name}_for_torch.py" for name in TYPED))
