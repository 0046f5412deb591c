from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor

from msdl.runtime import images
from msdl.runtime.images import read_images
from msdl.runtime.preprocessing import Preprocessing

PREPROCESSING = Preprocessing((1, 4, 4), (0.0,), (1.0,))


def png(grey: int, format: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new("L", (6, 5), grey).save(file, format)
    return file.getvalue()


def read(*arguments: str, stdin: bytes | None = None) -> list[tuple[str, int | str]]:
    """Names with the grey of the image, or with what is wrong with it."""
    found = read_images(arguments, None if stdin is None else io.BytesIO(stdin), PREPROCESSING)
    return [(name, image if isinstance(image, str) else round(image.mean().item() * 255)) for name, image in found]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a.png, b.png and in/c.png, of grey 1, 2 and 3."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for grey, name in enumerate(("a.png", "b.png", "in/c.png"), 1):
        (tmp_path / name).write_bytes(png(grey))
    return tmp_path


def test_files_come_in_the_order_of_the_arguments(folder: Path) -> None:
    assert read("b.png", "a.png", str(folder / "b.png")) == [("b.png", 2), ("a.png", 1), (str(folder / "b.png"), 2)]


def test_a_folder_stands_for_what_is_in_it(folder: Path) -> None:
    (folder / "in" / "notes.txt").write_text("none")
    assert read(".") == [("a.png", 1), ("b.png", 2), ("in/c.png", 3)]
    assert read("in/", "a.png") == [("in/c.png", 3), ("a.png", 1)]


def test_an_image_is_normalised(folder: Path) -> None:
    ((_, image),) = read_images(["b.png"], None, Preprocessing((1, 4, 4), (0.5,), (0.25,)))
    assert isinstance(image, Tensor)
    assert torch.equal(image, torch.full((1, 4, 4), (2 / 255 - 0.5) / 0.25))


def test_a_name_need_not_say_that_it_is_an_image(folder: Path) -> None:
    (folder / "a.png").rename("photo")
    assert read("photo") == [("photo", 1)]


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(folder: Path) -> None:
    (folder / "text.png").write_text("none")
    (folder / "cut.png").write_bytes(png(9)[:50])
    (folder / "empty").mkdir()
    os.mkfifo(folder / "pipe")
    found = read("text.png", "nothing.png", "cut.png", "empty", "pipe", "x" * 5000, "a\0b", "", "a.png")
    assert found[-1] == ("a.png", 1)
    reasons = [
        "none of JPEG",
        "No such file",
        "truncated",
        "no files that are named as pictures",
        "not a regular",
        "too long",
        "null",
        "a folder",
    ]
    for (name, said), reason in zip(found[:-1], reasons, strict=True):
        start = f"'{name}' can't be read as an image: "
        assert str(said).startswith(start) and reason in str(said) and str(said).endswith(".")


def test_a_bomb_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 29)
    assert read("a.png") == [("a.png", "'a.png' can't be read as an image: it has more than 29 pixels.")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told(folder: Path) -> None:
    (folder / "a.png").chmod(0)
    assert read("a.png", "b.png")[0] == ("a.png", "'a.png' can't be read as an image: Permission denied.")


def test_a_folder_without_permission_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "in":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert read(".") == [("a.png", 1), ("b.png", 2), ("in", "'in' can't be read as an image: Permission denied.")]


@pytest.mark.parametrize("format", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "WEBP"])
def test_the_standard_input_is_an_image(folder: Path, format: str) -> None:
    assert read("-", "a.png", stdin=png(80, format)) == [("-", 80), ("a.png", 1)]


def test_the_standard_input_names_paths(folder: Path) -> None:
    (folder / "tab\there.png").write_bytes(png(4))
    (folder / os.fsdecode(b"\xff.png")).write_bytes(png(5))
    lines = b"b.png\r\n\nin\nP1.png\ntab\there.png\n\xff.png\na.png"
    found = read("-", stdin=lines)
    assert [name for name, _ in found] == ["b.png", "in/c.png", "P1.png", "tab\there.png", "\udcff.png", "a.png"]
    assert [grey for name, grey in found if name != "P1.png"] == [2, 3, 4, 5, 1]
    assert "No such file" in str(found[2][1])


def test_a_path_that_begins_as_an_image_does(folder: Path) -> None:
    (folder / "P6").write_bytes(png(6))
    assert read("-", stdin=b"P6\na.png\n") == [("P6", 6), ("a.png", 1)]


def test_the_standard_input_brings_nothing(folder: Path) -> None:
    assert read("-", stdin=b"") == []
    assert read("-") == [("-", "'-' can't be read as an image: there is no standard input.")]


def test_a_cut_or_endless_image_on_the_standard_input(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "truncated" in str(read("-", stdin=png(9)[:50])[0][1])
    monkeypatch.setattr(images, "LARGEST_IMAGE", 40)
    assert read("-", stdin=png(9)) == [("-", "'-' can't be read as an image: it is longer than 40 bytes.")]


def test_nothing_is_read_ahead(folder: Path) -> None:
    def arguments() -> Iterator[str]:
        yield "a.png"
        yield "-"
        pytest.fail("the third was asked for")

    class Lines(io.BytesIO):
        taken = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.taken += 1
            return super().readline(size)

    stdin = Lines(b"b.png\na.png\nb.png\n")
    found = read_images(arguments(), stdin, PREPROCESSING)
    assert next(found)[0] == "a.png" and stdin.taken == 0
    assert next(found)[0] == "b.png" and stdin.taken == 1
    assert next(found)[0] == "a.png" and stdin.taken == 2
