"""The guide to deployment keeps its word: options are the commands', fields the manifest's, and what it runs runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
import torch
from PIL import Image

from msdl.cli.app import run
from msdl.cli.bench import command as bench
from msdl.cli.export import command as export
from msdl.deployment.export import export as write
from msdl.runtime.manifest import Manifest
from msdl.runtime.trained import trained
from tests.runtime.folders import run_of_maps
from tests.training.runs import made

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "deploy.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
# What keeps a test short.
SHORTER = {"bench": ("--batch", "1", "--runs", "2", "--images", "8")}


def first_cells(title: str) -> list[str]:
    """What stands first in the rows of the tables between a heading and the next."""
    titles = re.findall(r"^##+ (.*)$", GUIDE, re.MULTILINE)
    section = re.split(r"^##+ ", GUIDE, flags=re.MULTILINE)[titles.index(title) + 1]
    return re.findall(r"^\| (.*?) \|", section, re.MULTILINE)


@pytest.mark.parametrize(
    ("title", "command"), [("Export", export), ("What it takes: msdl bench", bench)], ids=["export", "bench"]
)
def test_its_options_are_the_commands(title: str, command: click.Command) -> None:
    told = re.findall(r"`(--?[a-z-]+)", " ".join(first_cells(title)))
    assert set(told) == {option.opts[0] for option in command.params if isinstance(option, click.Option)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a run, with `photos` and with `scenes`, an export whose exits put out maps, in it."""
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    made(tmp_path / "runs" / "digits")
    write(trained(run_of_maps(tmp_path / "runs" / "scenes").folder), tmp_path / "scenes")
    (tmp_path / "photos").mkdir()
    for name, grey in (("zero", 0), ("seven", 200)):
        Image.new("L", (8, 8), grey).save(tmp_path / "photos" / f"{name}.png")
    return tmp_path


@pytest.mark.slow
def test_its_commands_its_manifest_and_its_python(folder: Path) -> None:
    """One after another, as they stand."""
    torch.set_num_threads(1)
    for line in re.findall(r"^    msdl (.*)$", GUIDE, re.MULTILINE):
        command, *arguments = line.split("#")[0].split()
        assert run([command, *arguments, *SHORTER.get(command, ())]) == 0, line
    fields = re.findall(r"`(\w+)`", " ".join(first_cells("manifest.json")))
    assert fields == [*json.loads(Manifest.read("deployed").as_json())]
    exec(compile("\n".join(PYTHON), "deploy.md", "exec"), {})
