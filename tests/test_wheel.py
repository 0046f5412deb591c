"""The wheel holds what the package needs at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from msdl import __version__, library
from msdl.explanations import pages

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout; hatchling is installed with the extra `dev`, so no network is needed."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=120)
    (path,) = folder.glob("msdl-*.whl")
    return path


def test_what_it_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"msdl/py.typed", "msdl/grammar/msd.lark", "msdl/grammar/msd.tables.json"} <= names
    assert {f"msdl/specs/{name}.msd" for name in library.specs()} <= names
    assert {name for name in names if name.startswith("msdl/docs/")} == {"msdl/docs/diagnostics.md"}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "msdl").rglob("*.py")}
    assert modules <= names
    assert {name.split("/")[0] for name in names} == {"msdl", f"msdl-{__version__}.dist-info"}


def test_what_it_says(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())
    assert (metadata["Name"], metadata["Version"]) == ("msdl", __version__)
    assert metadata["License-Expression"] == "MIT"
    assert set(metadata.get_all("Provides-Extra", [])) == {"train", "onnx", "docs", "dev", "all"}


@pytest.mark.parametrize(
    ("arguments", "first_line"),
    [
        (["check", "msdnet_cifar_anytime"], "msdnet_cifar_anytime: ok"),
        (["explain", "503"], f"## MSD503: {pages()['MSD503'].title}"),
    ],
    ids=["library", "pages"],
)
def test_unpacked_it_finds_what_it_reads(arguments: list[str], first_line: str, wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = (
        "import sys; sys.path.insert(0, '.'); from msdl import library; from msdl.cli import main; "
        "print(library.SPECS, library.DIAGNOSTICS, sep='\\n'); sys.exit(main())"
    )
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    package = tmp_path / "msdl"
    places = [str(package / "specs"), str(package / "docs" / "diagnostics.md")]
    assert done.stdout.splitlines()[:3] == [*places, first_line]
