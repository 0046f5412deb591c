from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from msdl.runtime.pictures import FORMATS, decoded, opened, pictures_below, reason


def data(picture: Image.Image, format: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, format)
    return file.getvalue()


RED = Image.new("RGB", (40, 30), (200, 10, 20))


def why(file: Path | io.BytesIO) -> str:
    try:
        decoded(file)
    except OSError as error:
        return reason(error)
    pytest.fail("it was decoded")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_decoded(format: str) -> None:
    picture = decoded(io.BytesIO(data(RED, format)))
    assert picture.size == (40, 30)
    assert all(abs(a - b) < 8 for a, b in zip(picture.convert("RGB").getpixel((20, 15)), (200, 10, 20), strict=True))


def test_a_picture_that_starts_another_program_is_refused() -> None:
    assert why(io.BytesIO(data(RED, "EPS"))) == f"it is none of {', '.join(FORMATS)}"


def test_a_header_is_read_without_the_pixels(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(data(Image.effect_noise((64, 64), 50))[:900])
    with opened(path) as picture:
        assert picture.size == (64, 64)
    assert "truncated" in why(path)


def test_a_file_that_is_no_picture_says_so_without_an_address_in_memory() -> None:
    assert why(io.BytesIO(b"hello")) == f"it is none of {', '.join(FORMATS)}"


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in (1000, 100):  # Pillow warns of the one and refuses the other
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        assert why(io.BytesIO(data(RED))) == f"it has more than {limit:,} pixels"


def test_what_decoders_trip_over_is_told() -> None:
    broken = bytearray(data(Image.effect_noise((64, 64), 50)))
    broken[45:49] = b"\xff\xff\xff\xff"
    assert why(io.BytesIO(bytes(broken)))


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert why(tmp_path / "pipe.png") == "it is not a regular file"
    assert why(tmp_path) == "it is a folder"
    assert why(tmp_path / "nothing.png") == "No such file or directory"
    assert "null" in why(Path("a\0b"))


def test_pictures_below_a_folder_come_by_name(tmp_path: Path) -> None:
    for name in ("b/2.png", "b/1.JPG", "a.png", "c.bmp", "notes.txt", ".hidden.png", ".git/x.png", "b/b/0.gif"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    found = [(path.relative_to(tmp_path).as_posix(), error) for path, error in pictures_below(tmp_path)]
    assert found == [(name, None) for name in ("a.png", "b/1.JPG", "b/2.png", "b/b/0.gif", "c.bmp")]


def test_a_folder_that_cannot_be_read_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b.png").touch()
    scandir = os.scandir

    def refusing(path: Path) -> object:
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    (denied, error), (picture, fine) = pictures_below(tmp_path)
    assert (denied, reason(error)) == (tmp_path / "a", "Permission denied")
    assert (picture, fine) == (tmp_path / "b.png", None)
