"""`msdl predict`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import msdl
from msdl.runtime.manifest import TIMES
from msdl.runtime.opened import opened
from msdl.runtime.policy import Policy
from msdl.runtime.run import POLICY, WEIGHTS, Run
from msdl.runtime.times import measure
from msdl.runtime.trained import trained
from tests.cli.conftest import loaded
from tests.runtime.folders import run_folder

NOTE = "'run' has no policy: every image goes to the last exit.\n"


@pytest.fixture
def pictures(folder: Path) -> list[str]:
    """A run folder and, beside it, a folder of pictures, one of which can't be read."""
    run_folder(folder / "run")
    (folder / "photos").mkdir()
    torch.manual_seed(0)
    for number in range(6):
        pixels = torch.randint(0, 256, (12 * 10 * 3,), dtype=torch.uint8)
        Image.frombytes("RGB", (12, 10), bytes(pixels.tolist())).save(folder / "photos" / f"{number}.png")
    (folder / "photos" / "3.png").write_bytes(b"not a picture")
    return [f"photos/{number}.png" for number in range(6)]


def exported(**changes: Any) -> None:
    """The run's network as graphs, in `graphs`."""
    pytest.importorskip("onnxruntime")
    from tests.runtime.engines import networks

    Path("graphs").mkdir()
    run = Run.read("run")
    known = {"preprocessing": run.preprocessing, "classes": run.classes} | changes
    replace(networks.exported(trained("run"), Path("graphs"), direct=True), **known).write()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def logits(name: str) -> list[torch.Tensor]:
    model = msdl.load("run")
    with torch.inference_mode():
        return list(model(model.preprocessing(name)))


def check(line: dict[str, Any], exit: int) -> None:
    """A line says what an exit says about the image alone."""
    said = logits(line["image"])[exit][0].double().softmax(0)
    assert line["class"] == ("cat", "dog", "ship")[int(said.argmax())]
    assert line["confidence"] == pytest.approx(float(said.max()), abs=1e-5)
    assert line["exit"] == f"exit{exit + 1}"
    assert 0 < line["ms"] < 60_000


@pytest.mark.parametrize("batch_size", ["1", "2", "256"])
def test_every_image_has_its_line_in_order(batch_size: str, pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", "photos", "--batch-size", batch_size)
    assert (result.code, result.err) == (1, NOTE)
    found = lines(result.out)
    assert [line["image"] for line in found] == pictures
    assert set(found[3]) == {"image", "error"}
    assert found[3]["error"].startswith("'photos/3.png' can't be read as an image")
    for line in found[:3] + found[4:]:
        assert list(line) == ["image", "class", "confidence", "exit", "ms"]
        check(line, 2)


def test_all_is_well_without_an_error(pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", *reversed(pictures[:3]))
    assert result.code == 0
    assert [line["image"] for line in lines(result.out)] == pictures[2::-1]


def test_paths_on_the_standard_input(pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", "-", stdin="\n".join(pictures[:2]).encode())
    assert [line["image"] for line in lines(result.out)] == pictures[:2]


@pytest.mark.parametrize("given", [True, False])
def test_a_policy_lets_images_stop(given: bool, pictures: list[str], msdl) -> None:
    names = [name for name in pictures if name != pictures[3]]
    first = [logits(name)[0].double().softmax(1).max().item() for name in names]
    threshold = sum(sorted(first)[-2:]) / 2  # the surest alone stops at exit1
    policy = Policy(("exit1", "exit2", "exit3"), (threshold, None))
    if given:
        Path("mine.json").write_text(policy.as_json())
        (Path("run") / POLICY).write_text(Policy.to_the_last(policy.exits).as_json())
    else:
        (Path("run") / POLICY).write_text(policy.as_json())
    result = msdl("predict", "run", *names, *(["--policy", "mine.json"] if given else []))
    assert (result.code, result.err) == (0, "")
    found = lines(result.out)
    assert [line["exit"] == "exit1" for line in found] == [sure == max(first) for sure in first]
    for line in found:
        check(line, 0 if line["exit"] == "exit1" else 2)


def test_a_policy_for_the_first_exits_ends_there(pictures: list[str], msdl) -> None:
    (Path("run") / POLICY).write_text(Policy.to_the_last(("exit1", "exit2")).as_json())
    result = msdl("predict", "run", *pictures[:3])
    assert (result.code, result.err) == (0, "")
    for line in lines(result.out):
        check(line, 1)


@pytest.mark.parametrize("how", [["--policy", "mine.json"], ["--exit", "2"], ["--deadline", "1e9"]])
def test_a_runs_own_policy_that_is_not_asked_for_may_be_broken(how: list[str], pictures: list[str], msdl) -> None:
    (Path("run") / POLICY).write_text("{")
    Path("mine.json").write_text(Policy.to_the_last(("exit1", "exit2")).as_json())
    result = msdl("predict", "run", pictures[0], *how)
    assert (result.code, result.err) == (0, "")
    result = msdl("predict", "run", pictures[0])
    assert (result.code, result.out) == (1, "") and f"'run/{POLICY}' is not JSON" in result.err


@pytest.mark.parametrize(("asked", "exit"), [("1", 0), ("exit2", 1), ("3", 2)])
def test_every_image_stops_at_an_exit(asked: str, exit: int, pictures: list[str], msdl) -> None:
    (Path("run") / POLICY).write_text(Policy(("exit1", "exit2", "exit3"), (0.0, 0.0)).as_json())
    result = msdl("predict", "run", *pictures[:3], "--exit", asked)
    assert (result.code, result.err) == (0, "")
    for line in lines(result.out):
        check(line, exit)


@pytest.mark.parametrize(("deadline", "exit", "late"), [("1e-9", 0, True), ("1e9", 2, False)])
def test_a_deadline(deadline: str, exit: int, late: bool, pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", *pictures[2:4], "--deadline", deadline)
    assert (result.code, result.err) == (1, "")
    answer, unreadable = lines(result.out)
    check(answer, exit)
    assert answer.get("late", False) is late
    assert set(unreadable) == {"image", "error"}


@pytest.mark.parametrize("engine", ["torch", "onnx"])
def test_engines_agree(engine: str, pictures: list[str], msdl) -> None:
    pytest.importorskip("onnxruntime")
    result = msdl("predict", "run", *pictures[:3], "--engine", engine)
    assert result.code == 0
    for line in lines(result.out):
        check(line, 2)


@pytest.mark.parametrize(("given", "exit"), [(None, 2), (("exit1", "exit2"), 1)])
def test_an_export(given: tuple[str, ...] | None, exit: int, pictures: list[str], msdl) -> None:
    exported(policy=given and Policy.to_the_last(given))
    result = msdl("predict", "graphs", *pictures[2:4], "--engine", "onnx")
    assert (result.code, result.err) == (1, "" if given else NOTE.replace("run", "graphs"))
    answer, unreadable = lines(result.out)
    check(answer, exit)
    assert set(unreadable) == {"image", "error"}


def test_classes_that_have_no_names_have_numbers(pictures: list[str], msdl) -> None:
    exported(classes=None)
    (line,) = lines(msdl("predict", "graphs", pictures[0], "--exit", "1").out)
    assert line["class"] == str(int(logits(pictures[0])[0].argmax()))


def test_an_export_that_was_never_trained(pictures: list[str], msdl) -> None:
    exported(preprocessing=None)
    result = msdl("predict", "graphs", *pictures)
    assert (result.code, result.out) == (1, "")
    assert "'graphs' was never trained" in result.err
    assert "help: `msdl export RUN -o DIR`" in result.err


@pytest.mark.parametrize(("deadline", "exit"), [("1e9", 2), ("1e5", 1)])
def test_a_deadline_with_times_that_were_measured(deadline: str, exit: int, pictures: list[str], msdl) -> None:
    """By them the sections take a day each, and the networks of single exits less."""
    exported()
    times = measure(opened("graphs").engine, (1, 4), repeats=1)
    day = ((86400.0, 86400.0),) * 3
    replace(times, sections=day, direct=(1.0, 9e4, 2e5)).write(Path("graphs") / TIMES)
    (answer,) = lines(msdl("predict", "graphs", pictures[0], "--deadline", deadline).out)
    check(answer, exit)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--policy", "p.json", "--deadline", "1"], "--policy and --deadline exclude each other"),
        (["--policy", "p.json", "--exit", "1"], "--policy and --exit exclude each other"),
        (["--exit", "1", "--deadline", "1"], "--exit and --deadline exclude each other"),
        (["--exit", "4"], "The network has no exit '4'; its exits are exit1, exit2, exit3."),
        (["--exit", "0"], "no exit '0'"),
        (["--exit", ""], "no exit ''"),
        (["--deadline", "0"], "0.0 is not a positive number of seconds"),
        (["--deadline", "nan"], "nan is not a positive number of seconds"),
        (["--deadline", "soon"], "'soon' is not a valid float"),
        (["--batch-size", "0"], "Invalid value for '--batch-size'"),
    ],
)
def test_bad_usage(arguments: list[str], words: str, pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", *pictures, *arguments)
    assert (result.code, result.out) == (2, "")
    assert words in result.err


def test_images_are_needed(pictures: list[str], msdl) -> None:
    assert msdl("predict", "run").code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["photos", "photos"],
            "is neither a run, which has a run.json, nor an export, which has a manifest.json.\n  help: `msdl train",
        ),
        (["msdnet_digits", "photos"], "'msdnet_digits' is neither a run"),
        (["x" * 5000, "photos"], "is neither a run"),
        (["run", "photos", "--engine", "abacus"], "There is no engine 'abacus'"),
        (["run", "photos", "--policy", "nosuch.json"], "Error: There is no policy 'nosuch.json'."),
        (
            ["run", "photos", "--policy", "run/run.json"],
            "Error: 'run/run.json' is not a policy: it has no 'thresholds'",
        ),
        (
            ["run", "photos", "--policy", "other.json"],
            "The policy 'other.json' is for exits a, b; the network has exit1",
        ),
    ],
)
def test_input_that_cannot_be_used(arguments: list[str], words: str, pictures: list[str], msdl) -> None:
    Path("other.json").write_text(Policy(("a", "b"), (0.5,)).as_json())
    result = msdl("predict", *arguments)
    assert (result.code, result.out) == (1, "")
    assert words in result.err


def test_classes_of_images_are_no_masks(pictures: list[str], msdl) -> None:
    result = msdl("predict", "run", pictures[0], "-o", "masks")
    assert (result.code, result.out) == (2, "")
    assert "'run' tells classes of images, not of pixels: -o is for masks." in result.err


@pytest.mark.parametrize("how", [[], ["--deadline", "1e9"]])
def test_an_answer_that_is_not_a_number(how: list[str], pictures: list[str], msdl) -> None:
    weights = Path("run") / WEIGHTS
    save_file({key: value * 1e30 for key, value in load_file(weights).items()}, weights)
    result = msdl("predict", "run", pictures[0], *how)
    assert result.code == 1
    assert lines(result.out) == [{"image": pictures[0], "error": "'exit3' gives what is not a number."}]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
def test_a_reader_that_has_seen_enough(pictures: list[str]) -> None:
    command = [sys.executable, "-m", "msdl", "predict", "run", *pictures * 200, "--batch-size", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert json.loads(process.stdout.readline())["image"] == pictures[0]
        process.stdout.close()
        assert process.stderr.read().decode() == NOTE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes")
@pytest.mark.parametrize("how", [[], ["--batch-size", "3"], ["--deadline", "1"]])
def test_an_endless_stream_of_what_cannot_be_read(how: list[str], pictures: list[str]) -> None:
    command = [sys.executable, "-m", "msdl", "predict", "run", "-", *how]
    names = f"{pictures[0]}\n" + "nosuch.png\n" * 5000
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(names.encode())
        process.stdin.flush()  # and is not closed: more may come
        assert json.loads(process.stdout.readline())["exit"] == "exit3"
        assert json.loads(process.stdout.readline())["error"].startswith("'nosuch.png' can't be read")
        process.stdout.close()


def test_help_loads_nothing_heavy(folder: Path) -> None:
    assert loaded("predict", "--help") == set()
