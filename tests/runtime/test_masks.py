"""Masks as files."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image

from msdl.runtime.errors import InputError
from msdl.runtime.maps import VOID
from msdl.runtime.masks import painted, palette, shares, write

# Colours of PASCAL VOC: background, aeroplane, bicycle, bus, person, the last class, what is ignored.
COLOURS = {
    0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 6: (0, 128, 128), 15: (192, 128, 128), 20: (0, 64, 128),
    255: (224, 224, 192),
}  # fmt: skip
CLASSES = torch.tensor([[0, 1], [2, 3]], dtype=torch.uint8)


def test_the_palette_is_that_of_voc() -> None:
    colours = palette()
    assert {number: tuple(colours[3 * number : 3 * number + 3]) for number in COLOURS} == COLOURS
    assert len({colours[place : place + 3] for place in range(0, 768, 3)}) == 256


def test_a_mask_is_as_large_as_its_picture() -> None:
    mask = painted(CLASSES, (6, 4), (0, 0, 6, 4))
    assert (mask.mode, mask.size) == ("P", (6, 4))
    rows = torch.tensor([*mask.tobytes()]).view(4, 6).tolist()
    assert rows == [[0, 0, 0, 1, 1, 1]] * 2 + [[2, 2, 2, 3, 3, 3]] * 2


def test_around_the_part_that_is_seen_there_is_no_class() -> None:
    mask = painted(CLASSES, (6, 4), (2.0, 1.2, 4.0, 3.2))
    rows = torch.tensor([*mask.tobytes()]).view(4, 6).tolist()
    void = [VOID] * 6
    assert rows == [void, [VOID, VOID, 0, 1, VOID, VOID], [VOID, VOID, 2, 3, VOID, VOID], void]


def test_shares_are_of_the_pixels_that_have_a_class() -> None:
    assert shares(painted(CLASSES, (6, 4), (0, 0, 6, 2)), 4) == [0.25] * 4
    assert shares(painted(torch.full_like(CLASSES, VOID), (6, 4), (0, 0, 6, 4)), 4) == [0.0] * 4


def test_a_mask_is_written_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "mask.png"
    for number in (1, 2):  # a mask takes the place of one
        write(painted(CLASSES * number, (6, 4), (0, 0, 6, 4)), path)
    with Image.open(path) as found:
        assert found.mode == "P" and found.getpixel((5, 3)) == 6
        assert found.convert("RGB").getpixel((5, 3)) == COLOURS[6]


@pytest.mark.parametrize("content", [b"", b"none", None])
def test_what_is_no_mask_is_not_replaced(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    if content is None:
        Image.new("RGB", (2, 2)).save(path)
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"photo.png' exists, and is not a mask that msdl wrote"):
        write(painted(CLASSES, (2, 2), (0, 0, 2, 2)), path)
    assert path.read_bytes() == before


def test_a_place_that_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be written"):
        write(painted(CLASSES, (2, 2), (0, 0, 2, 2)), tmp_path / "file" / "mask.png")
