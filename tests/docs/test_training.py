"""The guide to training keeps its word: its options are the commands', its commands run, its Python runs."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
import torch
from PIL import Image

from msdl.cli.app import run
from msdl.cli.calibrate import command as calibrate
from msdl.cli.evaluate import command as evaluate
from msdl.cli.predict import command as predict
from msdl.cli.train import command as train
from msdl.cli.train.options import training_options
from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.data.sources import SOURCES

GUIDE = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
# What keeps a test short.
SHORTER = {"train": ("--epochs", "1"), "evaluate": ("--budgets", "2")}
MAPS = "runs/shapes"  # no image stops early there


def section(title: str) -> str:
    """What stands between a heading and the next."""
    return re.split(r"^##+ ", GUIDE, flags=re.MULTILINE)[
        [*re.findall(r"^##+ (.*)$", GUIDE, re.MULTILINE)].index(title) + 1
    ]


def first_cells(title: str) -> str:
    return " ".join(re.findall(r"^\| (.*?) \|", section(title), re.MULTILINE))


def told(title: str) -> set[str]:
    """The options in the tables of a section."""
    return set(re.findall(r"`(--?[a-z-]+)", first_cells(title)))


def flags(options: list[click.Parameter]) -> set[str]:
    return {option.opts[0] for option in options if isinstance(option, click.Option)}


@pytest.mark.parametrize(
    ("title", "options"),
    [
        ("Options", [*training_options(), *(option for option in train.params if option.name == "settings")]),
        ("Budgets", calibrate.params),
        ("Prediction", predict.params),
        ("Evaluation", evaluate.params),
    ],
)
def test_its_options_are_the_commands(title: str, options: list[click.Parameter]) -> None:
    assert told(title) == flags(options)


def test_its_data() -> None:
    cells = first_cells("Data")
    assert [name for name in (*SOURCES, *AUGMENTATIONS) if not re.search(rf"`{name}[:`]", cells)] == []


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `photos` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name, grey in (("zero", 0), ("seven", 200)):
        Image.new("L", (8, 8), grey).save(tmp_path / "photos" / f"{name}.png")
    return tmp_path


def test_its_commands_and_its_python(folder: Path) -> None:
    """One after another, as they stand; one that a pipe feeds, and those about several runs, are left out."""
    torch.set_num_threads(1)
    for line in re.findall(r"^    msdl (.*)$", GUIDE, re.MULTILINE):
        command, *arguments = line.split("#")[0].split()
        if "runs/wide" not in arguments:
            whole = "--resume" in arguments or (command == "evaluate" and MAPS in arguments)
            shorter = () if whole else SHORTER.get(command, ())
            assert run([command, *arguments, *shorter]) == 0, line
    exec(compile("\n".join(PYTHON), "training.md", "exec"), {})
