"""`msdl doctor`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from msdl import __version__, library
from msdl.cli.doctor import abilities, installation
from msdl.cli.doctor.installation import Package, packages, pip_lines, python

# As a wheel's metadata says it: bounds in any order, extras behind a `;`, `all` with everything once more.
REQUIRES = [
    "click<9,>=8.2",
    "torch<3,>=2.6",
    "pygraphviz<3,>=2",
    "watchfiles<2,>=1",
    "lightning<3,>=2.5; extra == 'all'",
    "lightning<3,>=2.5; extra == 'train'",
    "matplotlib<4,>=3.10; extra == 'train'",
    "onnx<2,>=1.17; extra == 'onnx'",
    "onnxruntime<2,>=1.20; extra == 'onnx'",
    "numpy; extra == 'dev'",
]
INSTALLED = {
    "click": "8.5.1",
    "torch": "2.13.0+cpu",
    "pygraphviz": "2.0.4",
    "watchfiles": "1.3.0",
    "lightning": "2.6.0",
    "matplotlib": "3.10.1",
    "onnx": "1.20.0",
    "onnxruntime": "1.23.0",
    "numpy": "2.4.6",
}

Environment = Callable[..., None]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """`environment(torch=None, onnx="1.0")`: an installed wheel and these packages; None is one that is not there."""

    def install(**changes: str | None) -> None:
        versions = {name: version for name, version in {**INSTALLED, **changes}.items() if version is not None}

        def version(name: str) -> str:
            if name not in versions:
                raise metadata.PackageNotFoundError(name)
            return versions[name]

        monkeypatch.setattr(metadata, "version", version)
        monkeypatch.setattr(metadata, "requires", lambda name: REQUIRES)
        monkeypatch.setattr(library, "PACKAGE", tmp_path / "site-packages" / "msdl")
        monkeypatch.setattr(installation, "_pip_install", lambda: "pip install")

    return install


def found(name: str) -> abilities.Ability:
    """What is found of one ability, with the packages as they are."""
    by_name = {package.name: package for package in packages()}
    return abilities.ABILITIES[name](by_name)


def test_for_a_person(environment: Environment, msdl) -> None:
    environment(matplotlib=None, lightning=None, onnx="1.16.0")
    result = msdl("doctor")
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0].startswith(f"msdl {__version__}  ")
    for line in (
        "core: what msdl can't do without",
        "  click        8.5.1       >=8.2,<9   ok",
        "  torch        2.13.0+cpu  >=2.6,<3   ok",
        "train: training and evaluating",
        "  matplotlib   -           >=3.10,<4  missing",
        "  onnx         1.16.0      >=1.17,<2  doesn't fit",
        "  numpy        2.4.6                  ok",
        "  train  pip install 'msdl[train]'",
        "  onnx   pip install 'onnx>=1.17,<2'",
    ):
        assert line in lines
    assert "\x1b" not in result.out
    assert result.out.count("lightning") == 1


def test_it_fits_a_terminal_of_80_columns(msdl) -> None:
    lines = msdl("doctor").out.splitlines()
    assert [line for line in lines[3:] if len(line) > 80 and "pip install" not in line] == []


def test_as_json(environment: Environment, msdl) -> None:
    environment(onnx=None, onnxruntime=None)
    result = msdl("doctor", "--format", "json")
    data = json.loads(result.out)
    assert (result.code, data["format_version"], data["sound"]) == (0, 1, True)
    assert data["msdl"] == {"version": __version__, "location": str(library.PACKAGE), "checkout": None}
    assert data["python"]["executable"] == sys.executable
    assert data["packages"][0] == {
        "name": "click", "group": "core", "wanted": ">=8.2,<9", "installed": "8.5.1", "fits": True,
    }  # fmt: skip
    assert data["packages"][-2] == {
        "name": "onnxruntime", "group": "onnx", "wanted": ">=1.20,<2", "installed": None, "fits": False,
    }  # fmt: skip
    assert data["install"] == {"onnx": "pip install 'msdl[onnx]'"}
    by_name = {ability["name"]: ability for ability in data["abilities"]}
    assert by_name["engine onnx"] == {
        "name": "engine onnx", "works": False, "found": "needs the extra onnx", "remedy": "", "core": False,
    }  # fmt: skip
    assert by_name["training"]["works"]


@pytest.mark.parametrize(
    ("changes", "code", "lines"),
    [
        ({}, 0, {}),
        ({"torch": None}, 1, {"core": "pip install 'torch>=2.6,<3'"}),
        ({"torch": "2.5.1+cu124"}, 1, {"core": "pip install 'torch>=2.6,<3'"}),
        ({"torch": "3.0.0"}, 1, {"core": "pip install 'torch>=2.6,<3'"}),
        ({"torch": "2.14.0.dev20260101"}, 0, {}),
        ({"torch": None, "watchfiles": "0.9"}, 1, {"core": "pip install 'torch>=2.6,<3' 'watchfiles>=1,<2'"}),
        ({"torch": "mine"}, 1, {"core": "pip install 'torch>=2.6,<3'"}),
        ({"onnx": None}, 0, {"onnx": "pip install 'onnx>=1.17,<2'"}),
        ({"onnx": None, "onnxruntime": None}, 0, {"onnx": "pip install 'msdl[onnx]'"}),
        ({"onnx": None, "onnxruntime": "1.19"}, 0, {"onnx": "pip install 'msdl[onnx]'"}),
        ({"numpy": None, "lightning": None}, 0,
         {"train": "pip install 'lightning>=2.5,<3'", "dev": "pip install numpy"}),
    ],
)  # fmt: skip
def test_what_to_paste(
    changes: dict[str, str | None], code: int, lines: dict[str, str], environment: Environment, msdl
) -> None:
    environment(**changes)
    assert pip_lines(packages()) == lines
    result = msdl("doctor")
    assert result.code == code
    assert all(line in result.out for line in lines.values())


def test_a_checkout_says_itself_what_it_needs(
    environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(onnx=None, onnxruntime=None, torch=None)
    root = tmp_path / "my checkout"
    root.mkdir()
    monkeypatch.setattr(library, "PACKAGE", root / "msdl")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "msdl"\ndependencies = ["torch>=2.6,<3"]\n'
        '[project.optional-dependencies]\nonnx = ["onnx>=1.17,<2", "onnxruntime>=1.20,<2"]\nall = ["msdl[onnx]"]\n'
    )
    assert [package.requirement for package in packages()] == ["torch>=2.6,<3", "onnx>=1.17,<2", "onnxruntime>=1.20,<2"]
    assert pip_lines(packages()) == {
        "core": "pip install 'torch>=2.6,<3'",
        "onnx": f"pip install -e '{root}[onnx]'",
    }


@pytest.mark.parametrize("text", ['[project]\nname = "other"\n', "[project", ""])
def test_another_projects_pyproject_is_not_read(
    text: str, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment()
    library.PACKAGE.parent.mkdir()
    (library.PACKAGE.parent / "pyproject.toml").write_text(text)
    assert [package.name for package in packages()] == [*INSTALLED]


def test_without_any_metadata(environment: Environment, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        raise metadata.PackageNotFoundError(name)

    environment()
    monkeypatch.setattr(metadata, "requires", requires)
    result = msdl("doctor")
    assert result.code == 1
    assert "What msdl needs is unknown" in result.out
    assert "engine torch     no   needs torch" in result.out


def test_without_packaging_nothing_is_compared(environment: Environment, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(onnx="0.1", onnxruntime=None)
    monkeypatch.setitem(sys.modules, "packaging.specifiers", None)
    result = msdl("doctor")
    assert result.code == 0
    assert "  onnx         0.1         >=1.17,<2  not compared" in result.out
    assert "pip install 'onnxruntime>=1.20,<2'" in result.out


@pytest.mark.parametrize(
    ("executable", "on_the_path", "prefix", "pip", "line"),
    [
        ("/env/bin/python", {"pip": "/env/bin/pip"}, "/env", True, "pip install"),
        ("/env/bin/python", {"pip": "/usr/bin/pip"}, "/env", True, "/env/bin/python -m pip install"),
        ("/my env/bin/python", {}, "/my env", True, "'/my env/bin/python' -m pip install"),
        ("/usr/bin/python3", {"pip": "/usr/bin/pip"}, "/usr", True, "/usr/bin/python3 -m pip install"),
        ("/env/bin/python", {"uv": "/usr/bin/uv"}, "/env", False, "uv pip install --python /env/bin/python"),
        ("/env/bin/python", {}, "/env", False, "/env/bin/python -m pip install"),
    ],
)
def test_the_pip_of_the_interpreter_at_work(
    executable: str, on_the_path: dict[str, str], prefix: str, pip: bool, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(shutil, "which", on_the_path.get)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if pip else None)
    needed = [Package("onnx", "onnx", ">=1.17,<2", None, False)]
    assert pip_lines(needed) == {"onnx": f"{line} 'onnx>=1.17,<2'"}


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_the_interpreter_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for environment in ("mine", "other"):
        (tmp_path / environment).mkdir()
        for name in ("python", "python3"):
            (tmp_path / environment / name).symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "mine" / "python3"))
    for path, said in (("mine", "python"), ("other", str(tmp_path / "mine" / "python3"))):
        monkeypatch.setenv("PATH", str(tmp_path / path))
        assert python() == said


# Abilities


def test_every_engine_is_looked_at() -> None:
    from msdl.runtime.engines import ENGINES

    engines = [name for name in abilities.ABILITIES if name.startswith("engine ")]
    assert sorted(engines) == sorted(f"engine {name}" for name in ENGINES)


def test_drawing_is_tried(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    assert found("drawing").works
    assert found("drawing").found.startswith("svg, png, pdf by Graphviz ")
    monkeypatch.setattr(abilities, "DRAW", "raise ImportError('libgvc is missing')")
    assert not found("drawing").works
    assert found("drawing").found == "pygraphviz fails: ImportError: libgvc is missing"
    monkeypatch.setattr(abilities, "DRAW", "import os; os.abort()")
    assert found("drawing").found.startswith("pygraphviz fails: exit code -")
    environment(pygraphviz=None)
    assert found("drawing").found == "needs pygraphviz"


def test_drawing_that_never_ends(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], timeout: int, **options: object) -> None:
        raise subprocess.TimeoutExpired(command[:1], timeout)

    environment()
    monkeypatch.setattr(subprocess, "run", run)
    assert not found("drawing").works
    assert found("drawing").found.endswith("timed out after 60 seconds")


def test_a_core_that_does_not_work(environment: Environment, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    monkeypatch.setattr(abilities, "DRAW", "raise ImportError")
    assert msdl("doctor").code == 1


@pytest.mark.parametrize(
    ("installed", "file", "said"),
    [
        ("2.13.0+cpu", None, "torch 2.13.0+cpu, built for CPUs"),
        ("2.13.0+cu130", None, "torch 2.13.0+cu130, built for CUDA 13.0"),
        ("2.6.0+rocm6.2.4", None, "torch 2.6.0+rocm6.2.4, built for ROCm 6.2.4"),
        ("2.6.0", None, "torch 2.6.0"),
        ("2.6.0", "__version__ = '2.6.0+cu124'\n", "torch 2.6.0+cu124, built for CUDA 12.4"),
    ],
)
def test_what_torch_is_built_for(
    installed: str,
    file: str | None,
    said: str,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    environment(torch=installed)
    if file is not None:
        (tmp_path / "version.py").write_text(file)

    class Distribution:
        def locate_file(self, path: str) -> Path:
            return tmp_path / Path(path).name

    monkeypatch.setattr(metadata, "distribution", lambda name: Distribution())
    monkeypatch.setattr(abilities, "_gpus", list)
    assert found("engine torch").found == said


@pytest.mark.skipif(os.name != "posix", reason="a script of a Unix shell")
@pytest.mark.parametrize(
    ("installed", "said"),
    [
        ("2.13.0+cu130", "; NVIDIA H100 80GB HBM3"),
        ("2.13.0+cpu", "; NVIDIA H100 80GB HBM3, which a build for CPUs leaves idle"),
    ],
)
def test_a_gpu(
    installed: str, said: str, environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment(torch=installed)
    monkeypatch.setattr(metadata, "distribution", lambda name: metadata.Distribution.from_name("msdl-of-nowhere"))
    tool(
        tmp_path, "nvidia-smi", "echo 'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-1)'; echo '  MIG 1g.10gb (UUID: MIG-1)'"
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert found("engine torch").found.endswith(said)


def tool(folder: Path, name: str, script: str = "true") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="scripts of a Unix shell")
def test_tools_on_the_path(environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "browsers"))
    monkeypatch.setenv("CXX", "my-c++")
    (tmp_path / "Python.h").touch()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(tmp_path))
    assert [found(name).works for name in ("LaTeX", "Chromium", "engine compiled")] == [False, False, False]
    assert found("LaTeX").remedy == "install TeX Live, MiKTeX or Tectonic"
    assert found("engine compiled").remedy == "install my-c++, or name another compiler in CXX"
    for name in ("lualatex", "tectonic", "google-chrome", "my-c++"):
        tool(tmp_path, name)
    assert found("LaTeX").found == "lualatex, tectonic"
    assert found("Chromium").found == "google-chrome"
    assert found("engine compiled").found == "torch.compile with my-c++"
    (tmp_path / "browsers" / "chromium-1200").mkdir(parents=True)
    assert found("Chromium").found == "chromium-1200"
    (tmp_path / "Python.h").unlink()
    assert found("engine compiled").found == f"needs {tmp_path / 'Python.h'}"
    environment(torch=None)
    assert found("engine compiled").found == "needs torch"


def test_the_grammar_and_its_tables(environment: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    assert found("grammar").found == "its tables are fresh"
    for text in ('{"digest": "1"}', "{}", "[]", "no json"):
        (tmp_path / "tables.json").write_text(text)
        monkeypatch.setattr(library, "TABLES", tmp_path / "tables.json")
        assert found("grammar").works
        assert found("grammar").found.startswith("its tables are stale")
    monkeypatch.setattr(library, "GRAMMAR", tmp_path / "nosuch.lark")
    assert not found("grammar").works


def test_an_empty_library(environment: Environment, tmp_path: Path, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    environment()
    assert found("library").found == f"{len(library.specs())} files"
    monkeypatch.setattr(library, "SPECS", tmp_path / "nosuch")
    result = msdl("doctor")
    assert result.code == 1
    assert f"nothing in {tmp_path / 'nosuch'}" in result.out


def doctor_without(*modules: str) -> tuple[int, dict[str, Any], str]:
    """What a process says in which these modules can't be imported, and which of them it asked for all the same."""
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({modules})); from msdl.cli import main; code = main(); "
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "doctor", "--format", "json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_it_runs_where_next_to_nothing_is_installed() -> None:
    heavy = (
        "torch",
        "lark",
        "rich",
        "networkx",
        "jinja2",
        "pygments",
        "packaging",
        "packaging.specifiers",
        "watchfiles",
    )
    code, data, err = doctor_without(*heavy)
    assert (code, err) == (0 if data["sound"] else 1, "")
    assert {package["fits"] for package in data["packages"] if package["installed"]} == {None}
