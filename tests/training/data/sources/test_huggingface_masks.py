"""Data sets of Hugging Face with a column of masks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import datasets
import pytest
import torch
from PIL import Image

from msdl.training.data import Masking, open_data, verify
from msdl.training.data.dataset import Dataset
from tests.training.data.conftest import png, refusal


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def mask(value: int) -> dict[str, Any]:
    """The left half of a 6 x 5 mask is of a class."""
    file, picture = io.BytesIO(), Image.new("L", (6, 5))
    picture.paste(value, (0, 0, 3, 5))
    picture.save(file, "PNG")
    return {"bytes": file.getvalue(), "path": None}


def table(count: int = 8, image: str = "image", **masks: list[Any]) -> datasets.Dataset:
    columns = {image: [{"bytes": png(number), "path": None} for number in range(count)], **masks}
    return datasets.Dataset.from_dict(columns, datasets.Features(dict.fromkeys(columns, datasets.Image())))


def masks(count: int = 8, value: int = 1) -> list[Any]:
    return [mask(value)] * count


def saved(path: Path, **tables: datasets.Dataset) -> Path:
    datasets.DatasetDict(tables).save_to_disk(path)
    return path


def opened(place: object, *, image: str = "", mask: str = "") -> Dataset:
    return open_data(f"hf:{place}", (3, 5, 6), 2, masking=Masking(column=mask), image_column=image)


def values(data: Dataset) -> list[int]:
    found = data.train[0][1]
    assert isinstance(found, torch.Tensor) and found.shape == (5, 6)
    return found.unique().tolist()


@pytest.mark.parametrize("name", ["annotation", "mask", "label", "whatever"])
def test_the_column_of_masks_is_found(name: str, tmp_path: Path) -> None:
    data = opened(saved(tmp_path / "set", train=table(**{name: masks()})))
    verify(data)
    assert values(data) == [0, 1] and data.classes == ("0", "1")


def test_a_folder_with_a_parquet_file_for_each_part(tmp_path: Path) -> None:
    for part in ("train", "validation"):
        path = tmp_path / "set" / "data" / f"{part}-00000-of-00001.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table(annotation=masks()).to_parquet(path)
    data = opened(tmp_path / "set")
    assert (len(data.train), len(data.validation), len(data.test)) == (7, 1, 8)
    assert values(data) == [0, 1]


def test_columns_can_be_named(tmp_path: Path) -> None:
    place = saved(tmp_path / "set", train=table(image="left", right=masks(), depth=masks(value=0)))
    assert values(opened(place, image="left", mask="right")) == [0, 1]
    assert values(opened(place, image="right", mask="depth")) == [0]
    for columns, says in (
        ({}, f"'{place}' has several columns of images: left, right, depth."),
        ({"image": "left"}, f"'{place}' has several columns of masks: right, depth."),
        ({"image": "lft"}, f"'{place}' has no column 'lft'."),
        ({"image": "left", "mask": "left"}, f"The images and the masks of '{place}' can't both be its column 'left'."),
    ):
        assert str(refusal(lambda columns=columns: opened(place, **columns))) == says
    assert refusal(lambda: opened(place, image="lft")).help == "did you mean 'left'?"


def test_a_column_that_holds_no_pictures(tmp_path: Path) -> None:
    numbered = table(annotation=masks()).add_column("number", [*range(8)])
    error = refusal(lambda: opened(saved(tmp_path / "set", train=numbered), mask="number"))
    assert str(error) == f"The column 'number' of '{tmp_path / 'set'}' holds no masks."
    assert error.help == "its columns of pictures are image, annotation"


def test_a_test_part_whose_masks_are_kept_secret_is_left_out(tmp_path: Path) -> None:
    secret = table(3, annotation=[None] * 3)
    data = opened(saved(tmp_path / "set", train=table(annotation=masks()), test=secret))
    assert all(name.startswith("train/") for name in data.test.names)


def test_a_row_without_a_mask_is_named(tmp_path: Path) -> None:
    place = saved(tmp_path / "set", train=table(annotation=[*masks(7), None]))
    error = str(refusal(lambda: verify(opened(place))))
    assert error == "'annotation of train/7' can't be read as an image: its row is empty."


def test_labels_of_images_are_no_masks(tmp_path: Path) -> None:
    place = saved(tmp_path / "set", train=table())
    assert str(refusal(lambda: opened(place))) == f"'{place}' has no column of masks."
