from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.training.data.conftest import refusal
from tests.training.data.test_masks import mask, opened, pairs


def test_names_of_classes_stand_in_a_file(tmp_path: Path) -> None:
    (pairs(tmp_path) / "classes.txt").write_text("ground\nleft\n")
    assert opened(tmp_path, 2).classes == ("ground", "left")
    assert str(refusal(lambda: opened(tmp_path, 3))) == "The data has 2 classes, the network 3."
    (tmp_path / "classes.txt").write_text("\ufeffground\r\nleft\r\n")
    assert opened(tmp_path, 2).classes == ("ground", "left")


def test_parts_are_taken_as_they_are(tmp_path: Path) -> None:
    for part, count in (("train", 5), ("val", 2), ("test", 3)):
        pairs(tmp_path / part, count)
    data = opened(tmp_path)
    assert (len(data.train), len(data.validation), len(data.test)) == (5, 2, 3)
    assert data.test.names[0] == "test/images/0.jpg"


def test_folders_below_images_and_masks_agree(tmp_path: Path) -> None:
    pairs(tmp_path)
    for folder in ("images", "masks"):
        inner = tmp_path / folder / "city"
        (tmp_path / "moved").mkdir(exist_ok=True)
        (tmp_path / folder).rename(tmp_path / "moved" / folder)
        (tmp_path / folder).mkdir()
        (tmp_path / "moved" / folder).rename(inner)
    assert opened(tmp_path).train.names[0].startswith("images/city/")


def without_a_mask(root: Path) -> None:
    (root / "masks" / "2.png").unlink()


def without_an_image(root: Path) -> None:
    (root / "images" / "2.jpg").unlink()


def twice(root: Path) -> None:
    mask(root / "images" / "2.png")


def no_images(root: Path) -> None:
    for path in (root / "images").iterdir():
        path.unlink()


def no_folder(root: Path) -> None:
    (root / "masks").rename(root / "annotations")


def twice_a_class(root: Path) -> None:
    (root / "classes.txt").write_text("a\na\n")


def a_folder_of_classes(root: Path) -> None:
    (root / "classes.txt").mkdir()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (without_a_mask, "'{}/images/2.jpg' has no mask: there is no '{}/masks/2.png'."),
        (without_an_image, "'{}/masks/2.png' is the mask of no image in '{}/images'."),
        (twice, "'{}/images/2.jpg' and '{}/images/2.png' are both there: no mask could tell them apart."),
        (no_images, "'{}/images' holds no images."),
        (no_folder, "'{}' has no images with masks to train on."),
        (a_folder_of_classes, "'{}/classes.txt' can't be read: Is a directory."),
        (twice_a_class, "'{}/classes.txt' names a class twice."),
    ],
)
def test_mistakes_are_told(spoil: Callable[[Path], None], says: str, tmp_path: Path) -> None:
    spoil(pairs(tmp_path))
    assert str(refusal(lambda: opened(tmp_path))) == says.replace("{}", str(tmp_path))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert str(refusal(lambda: opened(tmp_path / "none"))) == f"There is no folder '{tmp_path / 'none'}'."
    (tmp_path / "file").touch()
    assert str(refusal(lambda: opened(tmp_path / "file"))) == f"'{tmp_path / 'file'}' is a file, not a folder."
