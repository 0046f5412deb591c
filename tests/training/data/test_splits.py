from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import Run
from msdl.training.data import open_data, reopened
from msdl.training.data.splits import read_splits, write_splits
from tests.training.data.conftest import class_folders, png, refusal


def run(folder: Path, source: str, preprocessing: Preprocessing) -> Run:
    return Run(folder, "net", "", {}, (), (), preprocessing, {"source": source}, {}, {})


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return class_folders(tmp_path / "pictures", {"a": 10, "b": 10})


@pytest.fixture
def trained(tmp_path: Path, pictures: Path) -> Run:
    """A run with splits of a seed that nobody asks for again."""
    data = open_data(f"imagefolder:{pictures}", (3, 6, 6), 2, seed=41, mean=[0.1] * 3, std=[0.2] * 3)
    write_splits(data, tmp_path / "splits.json")
    return run(tmp_path, data.source, data.preprocessing)


def test_splits_are_read_as_they_were_written(tmp_path: Path) -> None:
    data = open_data("digits", (1, 8, 8), 10, seed=3)
    write_splits(data, tmp_path / "splits.json")
    assert read_splits(tmp_path / "splits.json") == data.splits
    written = json.loads((tmp_path / "splits.json").read_text())
    assert {name: written[name] for name in ("format_version", "source", "seed")} == {
        "format_version": 1,
        "source": "digits",
        "seed": 3,
    }
    assert [f"digits/{number}" for number in written["test"]] == list(data.test.names)
    assert (tmp_path / "splits.json").read_text().count("\n") == 9


def test_a_runs_data_are_the_same_again(trained: Run, pictures: Path) -> None:
    first = open_data(f"imagefolder:{pictures}", (3, 6, 6), 2, seed=41)
    again = reopened(trained)
    assert again.preprocessing == trained.preprocessing and again.splits == first.splits
    for one, other in ((first.train, again.train), (first.validation, again.validation), (first.test, again.test)):
        assert one.names == other.names and torch.equal(one.labels, other.labels)
        assert torch.equal(one[0][0], other[0][0])


def test_the_data_may_move(trained: Run, pictures: Path) -> None:
    names = reopened(trained).test.names
    pictures.rename(pictures.parent / "elsewhere")
    assert "There is no folder" in str(refusal(lambda: reopened(trained)))
    moved = reopened(trained, f"imagefolder:{pictures.parent}/elsewhere")
    assert moved.test.names == names and moved.source.endswith("elsewhere")


def added(pictures: Path) -> None:
    (pictures / "a" / "new.png").write_bytes(png(1))


def removed(pictures: Path) -> None:
    (pictures / "a" / "0.png").unlink()


def renamed(pictures: Path) -> None:
    (pictures / "a" / "0.png").rename(pictures / "a" / "00.png")


def moved_to_another_class(pictures: Path) -> None:
    (pictures / "a" / "0.png").rename(pictures / "b" / "00.png")


def class_renamed(pictures: Path) -> None:
    (pictures / "a").rename(pictures / "aa")


@pytest.mark.parametrize("change", [added, removed, renamed, moved_to_another_class, class_renamed])
def test_data_that_changed_are_noticed(trained: Run, pictures: Path, change: Any) -> None:
    change(pictures)
    said = str(refusal(lambda: reopened(trained)))
    assert (
        said
        == f"The images of '{trained.data['source']}' are no longer those that '{trained.folder}' was trained with."
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format_version": 9}, "has format version 9; this msdl reads 1."),
        ({"train": None}, "can't be used: 'train' is not a list."),
        ({"train": [0, "x"]}, "can't be used: an item of 'train' is not a whole number."),
        ({"train": [0, 1.5]}, "can't be used: an item of 'train' is not a whole number."),
        ({"train": []}, "can't be used: its parts are empty or share images."),
        ({"train": [0, 0]}, "can't be used: its parts are empty or share images."),
        ({"train": [0], "test": [0]}, "can't be used: its parts are empty or share images."),
        ({"train": [-1]}, "can't be used: its parts are empty or share images."),
        ({"seed": ...}, "can't be used: it has no 'seed'."),
    ],
)
def test_splits_that_cannot_be_used_are_told(trained: Run, change: dict[str, Any], said: str) -> None:
    path = trained.path("splits.json")
    fields = {**json.loads(path.read_text()), **change}
    path.write_text(json.dumps({name: value for name, value in fields.items() if value is not ...}))
    assert str(refusal(lambda: reopened(trained))).startswith(f"'{path}' {said}")


def test_numbers_beyond_the_images_are_told(trained: Run) -> None:
    path = trained.path("splits.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "train": [999]}))
    assert "no longer those" in str(refusal(lambda: reopened(trained)))


def test_missing_and_damaged_files_are_told(trained: Run) -> None:
    path = trained.path("splits.json")
    for content, said in (
        (b"{", "is not JSON: "),
        (b"[]", "can't be used: it is not an object."),
        (b"\xff", "is not JSON: "),
    ):
        path.write_bytes(content)
        assert str(refusal(lambda: read_splits(path))).startswith(f"'{path}' {said}")
    path.unlink()
    assert str(refusal(lambda: read_splits(path))) == f"There is no '{path}'."
