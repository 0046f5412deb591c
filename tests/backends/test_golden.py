"""Generated modules, kept as files a person reads; ruff formats and lints them as it does the rest."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from msdl import Compilation
from tests.conftest import Golden

GOLDEN = Path(__file__).parent / "golden"

CASES: dict[str, tuple[str, dict[str, int | str]]] = {
    "msdnet": ("msdnet_cifar_budgeted", {"K": 3, "classes": 10}),
    "msdnet_exit2": ("msdnet_cifar_budgeted", {"K": 3, "classes": 10, "exit": 2}),
    "resnet": ("resnet18", {}),
    "densenet": ("densenet_mc", {}),
    "blocks": (str(GOLDEN / "blocks.msd"), {}),
    "unet": (str(GOLDEN / "unet.msd"), {}),
    "unpool": (str(GOLDEN / "unpool.msd"), {}),
}
FOR_INFERENCE = ("msdnet", "resnet", "blocks", "unet")


@pytest.mark.parametrize("name", CASES)
def test_the_module_is_the_one_we_read(name: str, golden: Golden) -> None:
    spec, settings = CASES[name]
    golden(Compilation.of(spec, **settings).emit("torch"), GOLDEN / f"{name}.py")


@pytest.mark.parametrize("name", FOR_INFERENCE)
def test_so_is_the_module_for_inference(name: str, golden: Golden) -> None:
    spec, settings = CASES[name]
    golden(Compilation.of(spec, **settings).emit("inference"), GOLDEN / f"{name}_inference.py")


@pytest.mark.parametrize("width", [88, 120])
def test_ruff_would_write_them_so(width: int) -> None:
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", f"--line-length={width}", str(GOLDEN)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_ruff_finds_nothing() -> None:
    rules = "E,F,W,I,UP,B,SIM,N,RET,C4,RUF,ANN"
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--target-version=py311", f"--select={rules}"]
    done = subprocess.run([*command, str(GOLDEN)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
