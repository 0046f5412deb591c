"""Images with masks: what is read, and what is refused before training starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from PIL import Image

from msdl.training.data import Masking, open_data, verify
from msdl.training.data.dataset import Dataset
from tests.training.data.conftest import refusal

SIZE = (6, 4)  # across, down


def mask(path: Path, value: int = 1, size: tuple[int, int] = SIZE, mode: str = "L") -> None:
    """The left half is of a class, the right half is the ground."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.new(mode, size)
    picture.paste(value if mode in "LP" else (value,) * 3, (0, 0, size[0] // 2, size[1]))
    if mode == "P":
        picture.putpalette([part for number in range(256) for part in (number, 0, 0)])
    picture.save(path)


def pairs(root: Path, count: int = 6) -> Path:
    for number in range(count):
        (root / "images").mkdir(parents=True, exist_ok=True)
        Image.new("RGB", SIZE, (10 * number, 0, 0)).save(root / "images" / f"{number}.jpg")
        mask(root / "masks" / f"{number}.png")
    return root


def opened(root: Path, classes: int = 3, ignored: int = 255) -> Dataset:
    return open_data(f"maskfolder:{root}", (3, 8, 12), classes, masking=Masking(ignored))


def test_an_image_and_its_mask_are_stretched_alike(tmp_path: Path) -> None:
    data = opened(pairs(tmp_path))
    verify(data)
    pixels, found = data.train[0]
    assert pixels.shape == (3, 8, 12) and isinstance(found, torch.Tensor)
    assert found.tolist() == [[1] * 6 + [0] * 6] * 8
    assert data.classes == ("0", "1", "2") and data.train.labels is None
    assert data.preprocessing.shorter_side is None


def test_palettes_hold_classes(tmp_path: Path) -> None:
    mask(pairs(tmp_path) / "masks" / "0.png", 2, mode="P")
    verify(opened(tmp_path))
    data = opened(tmp_path)
    parts = (data.train, data.validation, data.test)
    found = [part[i][1] for part in parts for i in range(len(part)) if part.names[i] == "images/0.jpg"]
    assert found[0].unique().tolist() == [0, 2]


def as_jpeg(path: Path) -> None:
    Image.new("L", SIZE).save(path, "JPEG")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: mask(path, size=(6, 5)), "has 6 x 5 pixels, and its image 6 x 4 pixels."),
        (lambda path: mask(path, 7), "has a pixel of class 7; classes are from 0 to 2, and 255 is ignored."),
        (lambda path: mask(path, mode="RGB"), "is a picture of mode RGB, and no mask."),
        (as_jpeg, "is a JPEG, which blurs the numbers of classes."),
        (lambda path: path.write_bytes(b"none"), "can't be read as an image: "),
        (lambda path: path.unlink(), ""),
    ],
)
def test_a_mask_that_cannot_be_used_is_named(spoil: Callable[[Path], None], says: str, tmp_path: Path) -> None:
    path = pairs(tmp_path) / "masks" / "3.png"
    data = opened(tmp_path)
    spoil(path)
    error = str(refusal(lambda: verify(data)))
    assert f"'{path}'" in error and says in error


def test_ignored_pixels_are_of_no_class(tmp_path: Path) -> None:
    mask(pairs(tmp_path) / "masks" / "0.png", 7)
    verify(opened(tmp_path, ignored=7))


@pytest.mark.parametrize(("value", "shown"), [(0, "class 0"), (255, "class 0"), (1, None)])
def test_masks_that_show_one_class_alone_are_refused(value: int, shown: str | None, tmp_path: Path) -> None:
    """Binary masks of 0 and 255, above all, of which nothing would be left to learn."""
    pairs(tmp_path)
    for number in range(6):
        mask(tmp_path / "masks" / f"{number}.png", value)
    if shown is None:
        verify(opened(tmp_path))
    else:
        said = f"All that the training masks show is {shown}, besides 255, which is ignored."
        assert str(refusal(lambda: verify(opened(tmp_path)))) == said


def test_too_few_images_are_refused(tmp_path: Path) -> None:
    assert "The data has 2 images, too few to split" in str(refusal(lambda: opened(pairs(tmp_path, 2))))
    one_left = refusal(lambda: opened(pairs(tmp_path / "three", 3)))
    assert str(one_left) == "There is one image to train on; batch norm needs 2."


def test_more_classes_than_a_mask_can_tell_are_refused(tmp_path: Path) -> None:
    assert "masks 256 at most" in str(refusal(lambda: opened(pairs(tmp_path), 300)))
