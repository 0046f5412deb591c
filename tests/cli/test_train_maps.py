"""`msdl train`, `evaluate` and `calibrate` where exits are maps, a class for every pixel."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from msdl.runtime.run import Run
from msdl.training import published
from msdl.training.fit import train
from tests.cli.conftest import Command

MAPS = """\
network maps(classes = 3) {
  input 1 x 12 x 12
  scales 1 { c 4 }
  stem conv3x3(c)/2 bn relu
  layers 2 { horizontal conv3x3(c) bn relu }
  exits at 1, 2: conv1x1(classes)
}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("maps")
    (folder / "maps.msd").write_text(MAPS)
    options = published.options("shapes", maps=True, epochs=1, batch_size=200)
    return train(folder / "maps.msd", "shapes", folder / "run", options).folder


@pytest.fixture
def run(trained: Path, folder: Path) -> str:
    shutil.copytree(trained, folder / "run")
    return "run"


def test_training_tells_the_mean_iou_and_draws_shapes_unless_data_is_said(msdl: Command, folder: Path) -> None:
    (folder / "maps.msd").write_text(MAPS)
    result = msdl("train", "maps.msd", "-o", "new", "--epochs", "1", "--batch-size", "200")
    assert (result.code, result.err[:13]) == (0, "epoch 1  loss") and "  validation mIoU " in result.err
    titles, exit1, exit2, _, last = result.out.splitlines()
    assert titles.split() == ["exit", "MACs", "validation", "mIoU", "validation", "accuracy"]
    assert exit1.startswith("exit1") and exit2.count("%") == 2 and last == "The weights of epoch 1 are in 'new'."
    run = Run.read("new")
    options = run.options
    assert run.data["source"] == "shapes"
    assert (options["augment"], options["schedule"]) == ("flip", "cosine")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("--data digits", 1, "'digits' has a class for every image; exits that are maps need one for every pixel."),
        ("--data shapes --augment cifar", 2, "--augment cifar distorts no masks"),
        ("--data shapes --mixup 0.2", 2, "--mixup mixes the classes of whole images; these exits are maps."),
        ("--data shapes --ignore-index 300", 2, "--ignore-index 300: it has to be a whole number from 0 to 255."),
        ("--data maskfolder:none", 1, "Error: There is no folder 'none'."),
        ("--data=", 1, "Error: There is no source of data ''; there are digits, "),
        ("--mask-column m", 1, "'shapes' has no column 'm': --mask-column is for tables.\n  help: hf:NAME_OR_PATH"),
        ("--image-column i", 1, "'shapes' has no column 'i': --image-column is for tables."),
        ("--set classes=257", 1, "The network tells 257 classes apart, and masks 256 at most."),
    ],
)  # fmt: skip
def test_what_maps_cannot_be_trained_with(words: str, code: int, says: str, msdl: Command, folder: Path) -> None:
    (folder / "maps.msd").write_text(MAPS)
    result = msdl("train", "maps.msd", "-o", "new", *words.split())
    assert (result.code, result.out) == (code, "") and says in result.err
    assert not Path("new").exists()


def test_a_run_is_told_as_tables(msdl: Command, run: str) -> None:
    result = msdl("evaluate", run, "--report", "out.html")
    lines = result.out.splitlines()
    assert (result.code, result.err, lines[0]) == (0, "", "run: 200 test images with masks")
    assert lines[2].split() == ["exit", "mIoU", "accuracy", "MACs", "lazy", "ms/image", "speed-up"]
    assert [line.split()[0] for line in lines[4:6]] == ["exit1", "exit2"]
    assert [line.split()[0] for line in lines[7:12]] == ["IoU", "─" * len(lines[8]), "ground", "disc", "square"]
    assert "batches of 8" in result.out and max(map(len, lines)) <= 80
    assert "<h2>Mean IoU against cost</h2>" in Path("out.html").read_text()


def test_a_run_is_told_as_json(msdl: Command, run: str) -> None:
    data = json.loads(msdl("evaluate", run, "--format", "json", "--batch-size", "50").out)
    assert (data["format_version"], data["run"], data["batch_size"], data["images"]) == (1, "run", 50, 200)
    for exit in data["exits"]:
        assert [*exit["ious"]] == ["ground", "disc", "square"] and 0 <= exit["miou"] <= exit["accuracy"] <= 1


def test_several_runs_are_told_one_after_the_other(msdl: Command, run: str) -> None:
    shutil.copytree(run, "other")
    out = msdl("evaluate", run, "other").out
    assert "run: 200 test images" in out and "other: 200 test images" in out
    data = json.loads(msdl("evaluate", run, "other", "--format", "json").out)
    assert [each["run"] for each in data["runs"]] == ["run", "other"] and data["ensemble"] is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("evaluate run --budgets 3", "The exits are maps: no image stops early at one, and --budgets is for such."),
        ("evaluate run --policy p.json", "no image stops early at one, and --policy is for such."),
        ("calibrate run --budget-ratio 0.5", "The exits of 'run' are maps, a class for every pixel: no image stops"),
    ],
)
def test_early_exit_is_refused(words: str, says: str, msdl: Command, run: str) -> None:
    result = msdl(*words.split())
    assert (result.code, result.out) == (1, "") and says in result.err


def test_what_a_map_covers_must_be_part_of_the_image(msdl: Command, run: str) -> None:
    path = Path(run, "run.json")
    data = json.loads(path.read_text())
    data["data"]["maps"]["exit2"] = [12, 99]
    path.write_text(json.dumps(data))
    result = msdl("evaluate", run)
    assert result.code == 1 and "what the map of 'exit2' covers is no part of the image." in result.err
