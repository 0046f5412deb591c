"""`msdl predict` where exits tell a class for every pixel."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from torch import Tensor

import msdl
from msdl.runtime.run import WEIGHTS
from msdl.runtime.trained import trained
from tests.runtime.folders import run_of_maps

CLASSES = ("cat", "dog", "ship")


@pytest.fixture
def pictures(folder: Path) -> list[str]:
    """A run folder and, beside it, a folder of pictures, one of which can't be read, and two of one name."""
    run_of_maps(folder / "run")
    (folder / "photos" / "in").mkdir(parents=True)
    names = ["photos/0.png", "photos/1.bmp", "photos/2.png", "photos/in/0.png"]
    torch.manual_seed(0)
    for name in names:
        pixels = torch.randint(0, 256, (16 * 24 * 3,), dtype=torch.uint8)
        Image.frombytes("RGB", (16, 24), bytes(pixels.tolist())).save(folder / name)
    (folder / names[2]).write_bytes(b"not a picture")
    return names


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def told(name: str, exit: int) -> Tensor:
    """The classes (H, W) that an exit's map holds."""
    model = msdl.load("run")
    with torch.inference_mode():
        classes: Tensor = model(model.preprocessing(name))[exit][0].argmax(0)
    return classes


def pixels(path: str) -> Tensor:
    with Image.open(path) as mask:
        assert (mask.mode, mask.size) == ("P", (16, 24))
        return torch.tensor([*mask.tobytes()]).view(24, 16)


@pytest.mark.parametrize(("how", "exit"), [([], 2), (["--exit", "1"], 0), (["--deadline", "1e9"], 2)])
@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_every_image_has_its_mask(how: list[str], exit: int, engine: str, pictures: list[str], msdl) -> None:
    """An input of 8 x 8 pixels, and pictures three times as high and twice as wide."""
    pytest.importorskip("onnxruntime")
    result = msdl("predict", "run", "photos", "-o", "masks", "--engine", engine, *how)
    assert (result.code, result.err) == (1, "")
    found = lines(result.out)
    assert [line["image"] for line in found] == pictures
    assert set(found[2]) == {"image", "error"}
    for line, mask in zip([*found[:2], found[3]], ("0.png", "1.png", "0-2.png"), strict=True):
        assert list(line) == ["image", "mask", "shares", "exit", "ms"]
        assert (line["mask"], line["exit"]) == (f"masks/{mask}", f"exit{exit + 1}")
        wanted = told(line["image"], exit)
        assert torch.equal(pixels(line["mask"]), wanted.repeat_interleave(3, 0).repeat_interleave(2, 1))
        counts = wanted.flatten().bincount(minlength=3).tolist()
        assert line["shares"] == {name: round(n / 64, 6) for name, n in zip(CLASSES, counts, strict=True) if n}


def test_a_map_of_the_centre_leaves_the_rest_without_a_class(pictures: list[str], msdl) -> None:
    (line,) = lines(msdl("predict", "run", pictures[0], "-o", "masks", "--exit", "exit2").out)
    mask = pixels(line["mask"])
    assert (mask[6:18, 2:14] != 255).all()
    assert int((mask == 255).sum()) == 24 * 16 - 12 * 12
    assert sum(line["shares"].values()) == pytest.approx(1, abs=1e-5)


def test_without_a_folder_shares_are_told_alone(pictures: list[str], msdl) -> None:
    (line,) = lines(msdl("predict", "run", pictures[0]).out)
    assert list(line) == ["image", "shares", "exit", "ms"]


def test_a_deadline_that_even_the_first_exit_misses(pictures: list[str], msdl) -> None:
    (line,) = lines(msdl("predict", "run", pictures[0], "--deadline", "1e-9").out)
    assert (line["exit"], line["late"]) == ("exit1", True)


def test_an_image_on_the_standard_input(pictures: list[str], msdl) -> None:
    (line,) = lines(msdl("predict", "run", "-", "-o", "masks", stdin=Path(pictures[0]).read_bytes()).out)
    assert (line["image"], line["mask"]) == ("-", "masks/stdin.png")


def test_an_export_knows_what_its_maps_are_about(pictures: list[str], msdl) -> None:
    pytest.importorskip("onnxruntime")
    from msdl.runtime.run import Run
    from tests.runtime.engines import networks

    Path("graphs").mkdir()
    run = Run.read("run")
    manifest = networks.exported(trained("run"), Path("graphs"))
    replace(manifest, preprocessing=run.preprocessing, classes=run.classes, maps=run.maps).write()
    arguments = (pictures[0], "--exit", "2", "-o", "masks")
    (of_export,) = lines(msdl("predict", "graphs", *arguments).out)
    (of_run,) = lines(msdl("predict", "run", *arguments).out)
    assert of_export | {"ms": 0} == of_run | {"ms": 0}


def test_a_picture_is_not_replaced_by_its_mask(pictures: list[str], msdl) -> None:
    before = Path(pictures[0]).read_bytes()
    result = msdl("predict", "run", pictures[0], "-o", "photos")
    assert result.code == 1
    assert lines(result.out)[0]["error"] == f"'{pictures[0]}' exists, and is not a mask that msdl wrote."
    assert Path(pictures[0]).read_bytes() == before


@pytest.mark.parametrize("how", [[], ["--deadline", "1e9"]])
def test_what_is_not_a_number(how: list[str], pictures: list[str], msdl) -> None:
    weights = Path("run") / WEIGHTS
    save_file({key: value * 1e30 for key, value in load_file(weights).items()}, weights)
    result = msdl("predict", "run", pictures[0], "-o", "masks", *how)
    assert lines(result.out) == [{"image": pictures[0], "error": "'exit3' gives what is not a number."}]
    assert not Path("masks").exists()


def test_there_is_no_early_exit(pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", pictures[0], "--policy", "any.json")
    assert (result.code, result.out) == (1, "")
    assert "'run' has no early exit: that needs a class from every exit, not maps." in result.err


def test_views_that_are_none(pictures: list[str], msdl) -> None:
    record = Path("run/run.json")
    said = json.loads(record.read_text())
    said["data"]["maps"].pop("exit2")
    record.write_text(json.dumps(said))
    result = msdl("predict", "run", pictures[0])
    assert (result.code, result.out) == (1, "") and "'run/run.json' can't be used" in result.err
