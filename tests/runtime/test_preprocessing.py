from __future__ import annotations

import io
import json
import pickle
from pathlib import Path

import numpy
import pytest
import torch
from PIL import Image

from msdl.runtime.preprocessing import TURNS, Preprocessing, as_tensor, converted


def plain(*shape: int, shorter_side: int | None = None) -> Preprocessing:
    return Preprocessing(shape, (0.0,) * shape[0], (1.0,) * shape[0], shorter_side)


def halves(width: int, height: int) -> Image.Image:
    """Black on the left, white on the right."""
    picture = Image.new("L", (width, height))
    picture.paste(255, (width // 2, 0, width, height))
    return picture


def test_a_picture_of_the_right_size_keeps_its_pixels() -> None:
    pixels = torch.randint(0, 256, (3, 8, 9), dtype=torch.uint8)
    picture = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
    assert torch.equal(plain(3, 8, 9).pixels(picture), pixels)


def test_without_a_shorter_side_it_is_stretched() -> None:
    pixels = plain(1, 8, 8).pixels(halves(40, 10))
    assert pixels.shape == (1, 8, 8)
    assert pixels[0, :, :3].max() == 0 and pixels[0, :, 5:].min() == 255


@pytest.mark.parametrize("size", [(300, 100), (100, 300), (100, 100), (7, 7), (1, 3000)])
def test_with_a_shorter_side_the_centre_is_cut_out(size: tuple[int, int]) -> None:
    picture = Image.new("RGB", size, "white")
    assert plain(3, 56, 56, shorter_side=64).pixels(picture).float().mean() == 255


def test_the_centre_is_as_large_as_the_shorter_side_says() -> None:
    picture = Image.new("L", (256, 128))
    picture.paste(255, (72, 8, 184, 120))  # 112 of 128 pixels, in the middle
    assert plain(1, 56, 56, shorter_side=64).pixels(picture)[0, 1:-1, 1:-1].min() == 255
    picture.paste(0, (72, 8, 80, 120))
    assert plain(1, 56, 56, shorter_side=64).pixels(picture)[0, :, :3].max() == 0


def test_the_centre_is_that_of_the_resized_picture() -> None:
    noise = Image.effect_noise((512, 512), 80)
    whole = as_tensor(noise.resize((64, 64), Image.Resampling.BILINEAR))
    assert torch.equal(plain(1, 56, 56, shorter_side=64).pixels(noise), whole[:, 4:60, 4:60])


def test_a_call_gives_a_normalised_batch_of_one(tmp_path: Path) -> None:
    Image.new("RGB", (5, 5), (255, 0, 51)).save(tmp_path / "a.png")
    preprocessing = Preprocessing((3, 4, 4), (0.5, 0.5, 0.2), (0.5, 0.25, 0.1))
    for given in (tmp_path / "a.png", str(tmp_path / "a.png"), Image.open(tmp_path / "a.png")):
        batch = preprocessing(given)
        assert batch.shape == (1, 3, 4, 4) and batch.dtype == torch.float32
        torch.testing.assert_close(batch[0, :, 0, 0], torch.tensor([1.0, -2.0, 0.0]), atol=1e-6, rtol=0)


def test_values_are_normalised_as_precisely_as_they_are() -> None:
    preprocessing = Preprocessing((3, 2, 2), (0.1, 0.2, 0.3), (1.0, 2.0, 3.0))
    pixels = torch.randint(0, 256, (5, 3, 2, 2), dtype=torch.uint8)
    values = preprocessing.standardised(pixels.double() / 255)
    assert values.dtype == torch.float64
    assert torch.equal(preprocessing.normalised(pixels), preprocessing.standardised(pixels.float() / 255))
    torch.testing.assert_close(preprocessing.normalised(pixels).double(), values)


def test_a_file_that_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(OSError, match="none of JPEG"):
        plain(1, 4, 4)(tmp_path / "a.png")


@pytest.mark.parametrize("turn", [None, *TURNS])
def test_a_picture_is_turned_as_the_camera_was_held(turn: int | None) -> None:
    upright = Image.effect_noise((6, 4), 90)
    undone = {None: None, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}.get(turn, TURNS.get(turn or 0))
    held = upright if undone is None else upright.transpose(undone)
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = turn or 9
    held.save(file, "PNG", exif=exif)
    with Image.open(file) as picture:
        assert converted(picture, 1).tobytes() == upright.tobytes()


def test_a_damaged_tag_turns_nothing() -> None:
    file = io.BytesIO()
    halves(6, 4).save(file, "PNG", exif=b"Exif\0\0MM\0*\0\0\0\xff")
    with Image.open(file) as picture:
        assert converted(picture, 1).tobytes() == halves(6, 4).tobytes()


def sixteen(*values: int) -> Image.Image:
    return Image.fromarray(numpy.array([values], dtype=numpy.uint16))


def palette(*, transparent: bool) -> Image.Image:
    picture = Image.new("P", (1, 1))
    picture.putpalette([255, 0, 0])
    if transparent:
        picture.info["transparency"] = 0
    return picture


PIXELS = [
    (Image.new("L", (1, 1), 7), (7,), (7, 7, 7)),
    (Image.new("1", (1, 1), 1), (255,), (255, 255, 255)),
    (Image.new("RGB", (1, 1), (255, 0, 0)), (76,), (255, 0, 0)),
    (Image.new("RGBA", (1, 1), (0, 0, 0, 0)), (255,), (255, 255, 255)),
    (Image.new("RGBA", (1, 1), (255, 0, 0, 255)), (76,), (255, 0, 0)),
    (Image.new("LA", (1, 1), (0, 51)), (204,), (204, 204, 204)),
    (palette(transparent=False), (76,), (255, 0, 0)),
    (palette(transparent=True), (255,), (255, 255, 255)),
    (Image.new("CMYK", (1, 1), (0, 255, 255, 0)), (76,), (255, 0, 0)),
    (Image.new("YCbCr", (1, 1), (128, 128, 128)), (128,), (128, 128, 128)),
    (Image.new("HSV", (1, 1), (0, 0, 200)), (200,), (200, 200, 200)),
    (sixteen(0x80FF), (0x80,), (0x80, 0x80, 0x80)),
    (sixteen(0xFFFF), (255,), (255, 255, 255)),
    (Image.new("I", (1, 1), 0x80FF), (0x80,), (0x80, 0x80, 0x80)),
    (Image.new("I;16B", (1, 1), 0x80FF), (0x80,), (0x80, 0x80, 0x80)),
]


@pytest.mark.parametrize(("picture", "grey", "colour"), PIXELS, ids=lambda value: getattr(value, "mode", None))
def test_every_mode_becomes_grey_and_colour(
    picture: Image.Image, grey: tuple[int, ...], colour: tuple[int, ...]
) -> None:
    assert tuple(plain(1, 1, 1).pixels(picture).flatten().tolist()) == grey
    assert tuple(plain(3, 1, 1).pixels(picture).flatten().tolist()) == colour


def test_four_channels_keep_the_transparency() -> None:
    assert plain(4, 1, 1).pixels(Image.new("RGBA", (1, 1), (1, 2, 3, 0))).flatten().tolist()[3] == 0
    assert plain(4, 1, 1).pixels(Image.new("L", (1, 1), 9)).flatten().tolist() == [9, 9, 9, 255]


def test_pixels_that_mean_nothing_known_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="fractions, whose range is not known"):
        plain(3, 1, 1).pixels(Image.new("F", (1, 1)))
    with pytest.raises(ValueError, match="can't have 2 channels"):
        converted(halves(2, 2), 2)

    def refuse(picture: Image.Image, mode: str) -> Image.Image:
        raise ValueError(f"conversion from {picture.mode} to {mode} not supported")

    monkeypatch.setattr(Image.Image, "convert", refuse)  # as Pillow 11 does
    with pytest.raises(OSError, match="'LAB', can't be converted"):
        plain(3, 1, 1).pixels(Image.new("LAB", (1, 1)))


def test_it_is_kept_as_json_and_goes_to_workers() -> None:
    preprocessing = Preprocessing((3, 56, 56), (0.1, 0.2, 0.3), (1.0, 2.0, 3.0), 64)
    assert Preprocessing.of_json(json.loads(json.dumps(preprocessing.as_json()))) == preprocessing
    assert pickle.loads(pickle.dumps(preprocessing)) == preprocessing


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"mean": [0.1]}, "for each of the 3 channels"),
        ({"std": [0.1]}, "for each of the 3 channels"),
        ({"shorter_side": 55}, "no 56 x 56 can be cut out of a shorter side of 55"),
        ({"mean": ["a", 0, 0]}, "an item of 'mean' is not a number"),
        ({"channels": 2}, "can't have 2 channels"),
        ({"std": [1, 0, 1]}, "positive"),
    ],
)
def test_what_contradicts_itself_is_refused(change: dict[str, object], error: str) -> None:
    data = Preprocessing((3, 56, 56), (0.1, 0.2, 0.3), (1.0, 2.0, 3.0), 64).as_json()
    with pytest.raises(ValueError, match=error):
        Preprocessing.of_json({**data, **change})


@pytest.mark.parametrize(
    ("side", "size", "seen"),
    [
        (None, (30, 10), (0, 0, 30, 10)),
        (8, (30, 10), (10.0, 0.0, 20.0, 10.0)),
        (16, (16, 32), (4.0, 12.0, 12.0, 20.0)),
    ],
)
def test_the_part_of_a_picture_that_is_seen(
    side: int | None, size: tuple[int, int], seen: tuple[float, float, float, float]
) -> None:
    assert Preprocessing((1, 8, 8), (0.0,), (1.0,), side).seen(size) == seen
