from __future__ import annotations

from pathlib import Path

import pytest

from msdl.training.data import open_data, verification, verify
from msdl.training.data.dataset import Dataset
from tests.training.data.conftest import class_folders, png, refusal


@pytest.fixture
def data(tmp_path: Path) -> Dataset:
    return open_data(f"imagefolder:{class_folders(tmp_path, {'a': 10, 'b': 10})}", (3, 4, 4), 2)


def test_sound_images_are_nothing_to_speak_of(data: Dataset) -> None:
    verify(data)
    verify(open_data("digits", (1, 8, 8), 10))


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_an_image_that_does_not_decode_is_named(data: Dataset, tmp_path: Path, part: str) -> None:
    path = tmp_path / getattr(data, part).names[0]
    path.write_bytes(png(3)[:-30])
    error = refusal(lambda: verify(data))
    assert str(error).startswith(f"'{path}' can't be read as an image: ") and error.help == "mend it or take it out"


def test_of_many_images_the_first_are_named(data: Dataset, tmp_path: Path) -> None:
    for name in data.train.names[:7]:
        (tmp_path / name).write_text("none")
    lines = str(refusal(lambda: verify(data))).splitlines()
    assert lines[0] == "7 images can't be read." and lines[-1] == ".. and 2 more" and len(lines) == 7
    assert lines[1].startswith(f"'{tmp_path / data.train.names[0]}' can't be read as an image: it is none of ")


def test_of_very_many_images_the_headers_are_read(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "FEW", 10)
    path = tmp_path / data.test.names[0]
    path.write_bytes(png(3)[:-30])
    verify(data)
    path.write_bytes(b"")
    assert f"'{path}' can't be read" in str(refusal(lambda: verify(data)))
