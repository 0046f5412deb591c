"""`msdl compile`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest


def test_to_the_standard_output(msdl) -> None:
    result = msdl("compile", "tiny.msd")
    assert (result.code, result.err) == (0, "")
    assert "class Network(" in result.out
    ast.parse(result.out)


def test_to_a_file(folder: Path, msdl) -> None:
    result = msdl("compile", "tiny.msd", "-o", "tiny.py")
    assert (result.code, result.out, result.err) == (0, "", "")
    assert (folder / "tiny.py").read_text() == msdl("compile", "tiny.msd").out


def test_one_exit(msdl) -> None:
    whole, by_number, by_name = (
        msdl("compile", "tiny.msd", *option).out for option in ([], ["--exit", "1"], ["--exit", "exit1"])
    )
    assert "def section2" in whole
    assert "def section2" not in by_number
    assert "def section2" not in by_name


def test_for_inference(folder: Path, msdl) -> None:
    """Without batch norms behind convolutions; the rest of the command stays as it is."""
    plain, fast = (msdl("compile", "tiny.msd", *option).out for option in ([], ["--optimize"]))
    assert "nn.BatchNorm2d(" in plain
    assert "nn.BatchNorm2d(" not in fast
    first = msdl("compile", "tiny.msd", "--optimize", "--exit", "1", "-o", "first.py")
    assert (first.code, first.out, first.err) == (0, "", "")
    written = (folder / "first.py").read_text()
    assert "def section2" in fast
    assert "def section2" not in written
    ast.parse(written)


@pytest.mark.parametrize("name", ["0", "7", "-1", "nosuch", "", "9" * 5_000, "²"])
def test_an_exit_that_is_not_there(name: str, msdl) -> None:
    result = msdl("compile", "tiny.msd", f"--exit={name}")
    assert result.code == 1
    assert "error[MSD507]: There is no exit" in result.err


def test_an_invalid_spec_writes_nothing(folder: Path, msdl) -> None:
    (folder / "tiny.py").write_text("mine")
    assert msdl("compile", "tiny.msd", "--set", "depth=1", "-o", "tiny.py").code == 1
    assert (folder / "tiny.py").read_text() == "mine"


def test_an_output_that_cannot_be_written(folder: Path, msdl) -> None:
    result = msdl("compile", "tiny.msd", "-o", str(folder / "nosuch" / "tiny.py"))
    assert result.code == 2
    assert result.err.startswith("error[MSD110]: '")
    assert "can't be written: No such file or directory." in result.err


@pytest.mark.parametrize("spec", ["tiny.msd", "tiny.msd:tiny"])
def test_the_spec_is_not_overwritten(spec: str, folder: Path, msdl) -> None:
    before = (folder / "tiny.msd").read_text()
    result = msdl("compile", spec, "-o", str(folder / "tiny.msd"))
    assert result.code == 2
    assert "is the spec itself" in result.err
    assert (folder / "tiny.msd").read_text() == before
