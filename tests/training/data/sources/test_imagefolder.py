from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image

from msdl.training.data import open_data
from msdl.training.data.dataset import Dataset
from tests.training.data.conftest import class_folders, refusal

SHAPE = (3, 8, 8)


def opened(root: Path, **said: object) -> Dataset:
    return open_data(f"imagefolder:{root}", SHAPE, None, **said)


def test_class_folders_are_split(tmp_path: Path) -> None:
    data = opened(class_folders(tmp_path, {"dog": 20, "cat": 20}))
    assert data.classes == ("cat", "dog")
    assert (len(data.train), len(data.validation), len(data.test)) == (28, 4, 8)
    for part in (data.train, data.validation, data.test):
        for index, name in enumerate(part.names):
            pixels, label = part[index]
            assert data.classes[label] == name.partition("/")[0]
            assert pixels.unique().tolist() == [Image.open(tmp_path / name).getpixel((0, 0))[0]]


def test_folders_below_a_class_belong_to_it(tmp_path: Path) -> None:
    data = opened(class_folders(tmp_path, {"cat/white": 3, "cat/black": 3, "dog": 3}))
    assert data.classes == ("cat", "dog")
    assert sum(name.startswith("cat/") for name in (*data.train.names, *data.validation.names, *data.test.names)) == 6


@pytest.mark.parametrize("validation", ["val", "valid", "validation"])
def test_parts_of_their_own_stay_as_they_are(tmp_path: Path, validation: str) -> None:
    counts = {"train/a": 3, "train/b": 4, f"{validation}/a": 1, f"{validation}/b": 2, "test/a": 2, "test/b": 1}
    data = opened(class_folders(tmp_path, counts))
    assert [name.split("/")[0] for name in data.train.names] == ["train"] * 7
    assert [name.split("/")[0] for name in data.validation.names] == [validation] * 3
    assert [name.split("/")[0] for name in data.test.names] == ["test"] * 3
    assert data.validation.labels.tolist() == [0, 1, 1]


def test_without_a_test_part_the_validation_part_is_for_testing(tmp_path: Path) -> None:
    data = opened(class_folders(tmp_path, {"train/a": 8, "train/b": 8, "val/a": 2, "val/b": 2}))
    assert (len(data.train), len(data.validation), len(data.test)) == (14, 2, 4)
    assert all(name.startswith("val/") for name in data.test.names)


def test_without_a_validation_part_some_of_the_training_images_are_for_it(tmp_path: Path) -> None:
    data = opened(class_folders(tmp_path, {"train/a": 8, "train/b": 8, "test/a": 2}), validation=0.25)
    assert (len(data.train), len(data.validation), len(data.test)) == (12, 4, 2)


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    assert opened(class_folders(tmp_path, {"train": 3, "bus": 3})).classes == ("bus", "train")


def test_large_inputs_keep_the_proportions(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 3, "b": 3})
    for shape, side in (((3, 64, 64), 73), ((3, 224, 224), 256), ((3, 63, 63), None), ((3, 64, 96), None)):
        assert open_data(f"imagefolder:{tmp_path}", shape, 2).preprocessing.shorter_side == side


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({}, "'{}' has no folders, one for each class."),
        ({"a": 3}, "The data has 1 class; at least two are needed."),
        ({"a": 3, "b": 0}, "'{}/b' holds no images."),
        ({"a": 3, "b": 2}, "Class 'b' has 2 images, too few to split: at least one is needed for each of train,"),
        ({"train/a": 2, "train/b": 1, "test/a": 1}, "Class 'b' has 1 image, too few to split: "),
        ({"train/a": 3, "train/b": 3, "test/c": 1}, "'{}/test/c' is a class that there are no images to train on for."),
        ({"train/a": 3, "train/b": 3, "test": 0}, "'{}/test' has no folders, one for each class."),
        ({"train/a": 3, "train/b": 3, "val/a": 1, "valid/a": 1}, "'{0}/val' and '{0}/valid' are both there."),
    ],
)
def test_what_is_missing_is_told(tmp_path: Path, counts: dict[str, int], said: str) -> None:
    class_folders(tmp_path, counts)
    assert str(refusal(lambda: opened(tmp_path))).startswith(said.format(tmp_path))


def test_a_wrong_path_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").touch()
    assert str(refusal(lambda: opened(tmp_path / "nothing"))) == f"There is no folder '{tmp_path}/nothing'."
    error = refusal(lambda: opened(tmp_path / "a.zip"))
    assert str(error) == f"'{tmp_path}/a.zip' is a file, not a folder." and "unpack it" in error.help


def test_pictures_beside_the_folders_are_no_class(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    assert "no folders, one for each class" in str(refusal(lambda: opened(tmp_path)))


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class_folders(tmp_path, {"a": 3, "b": 3})

    def refusing(path: Path) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refusing)
    assert "can't be read: Permission denied." in str(refusal(lambda: opened(tmp_path)))
