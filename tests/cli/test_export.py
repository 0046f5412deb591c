"""`msdl export`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

import msdl as package
from msdl.cli.export import TARGETS
from msdl.deployment.verification import Verification
from msdl.runtime import manifest
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import SPLITS, WEIGHTS
from tests.cli.conftest import Command, loaded, without
from tests.interop.torchvision.published import state_dict
from tests.training.runs import made


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("runs") / "digits")


@pytest.fixture
def run(made_once: Path, folder: Path) -> Path:
    """`run`, in the working folder."""
    return shutil.copytree(made_once, folder / "run")


def test_targets_are_those_of_manifests() -> None:
    assert TARGETS == manifest.TARGETS


def test_help_loads_nothing_heavy() -> None:
    assert loaded("export", "--help") == set()


def test_a_spec_is_exported_with_fresh_weights(msdl: Command, folder: Path) -> None:
    result = msdl("export", "tiny.msd", "-o", "out", "--set", "classes=4", "--direct")
    assert (result.code, result.err) == (0, "")
    files = [line.split()[0] for line in result.out.splitlines() if ".onnx" in line]
    assert files == ["section1.onnx", "section2.onnx", "direct1.onnx", "direct2.onnx"]
    assert "with the module, on 64 random images" in result.out
    assert "128 of 128 are the same" in result.out
    said = json.loads((folder / "out" / "manifest.json").read_text())
    assert said["settings"] == {"classes": 4}
    assert said["sections"][0]["outputs"][0]["shape"] == ["batch", 4]


def test_the_costs_are_those_that_cost_says(msdl: Command) -> None:
    result = msdl("export", "tiny.msd", "-o", "out", "--format", "json")
    wanted = json.loads(msdl("cost", "tiny.msd", "--format", "json").out)["exits"]
    found = json.loads(result.out)["exits"]
    assert [(exit["name"], exit["macs"]) for exit in found] == [(exit["name"], exit["macs"]["lazy"]) for exit in wanted]
    assert [exit["parameters"] for exit in found] == [exit["parameters"] for exit in wanted]


def test_a_spec_takes_weights_that_were_imported(msdl: Command, folder: Path) -> None:
    torch.save(state_dict("squeezenet1_1", classes=10), "model.pth")
    Image.effect_mandelbrot((90, 70), (-2, -1, 1, 1), 50).convert("RGB").save("seven.png")
    ten = ("--set", "classes=10")
    given = ("--checkpoint", "model.pth", "--network", "squeezenet1_1")
    assert msdl("import", "torchvision", *given, "-o", "w", *ten).code == 0
    assert msdl("export", "squeezenet1_1", "-o", "out", "--weights", "w", *ten, "--set", "size=64").code == 0
    (line,) = msdl("predict", "out", "seven.png").out.splitlines()
    found, weights = json.loads(line), load_file("w")
    network = package.compile("squeezenet1_1", classes=10, size=64).eval()
    network.load_state_dict(weights)
    prepared = Preprocessing((3, 64, 64), (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 74)
    with torch.no_grad():
        wanted = network(prepared("seven.png"))[0].softmax(1).max(1)
    assert found["class"] == str(int(wanted.indices))
    assert found["confidence"] == pytest.approx(float(wanted.values), abs=1e-5)


def test_one_exit_takes_the_weights_that_were_imported_for_it(msdl: Command, folder: Path) -> None:
    given = package.compile("tiny.msd", exit=1)
    save_file(given.state_dict(), "w")
    assert msdl("export", "tiny.msd", "-o", "out", "--weights", "w", "--exit", "1").code == 0
    refused = msdl("export", "tiny.msd", "-o", "all", "--weights", "w")
    assert refused.code == 1 and "doesn't hold the weights of 'tiny'" in refused.err


def test_a_run_has_weights_of_its_own(msdl: Command, run: Path) -> None:
    result = msdl("export", "run", "-o", "out", "--weights", "w")
    assert result.err == "Error: A run has the weights that it learned; only a spec takes others.\n"


def test_a_run_takes_its_policy_along(msdl: Command, run: Path, folder: Path) -> None:
    msdl("calibrate", "run", "--budget-ratio", "0.5")
    result = msdl("export", "run", "-o", "out")
    assert (result.code, result.err) == (0, "")
    assert "with the module, on 400 validation images" in result.out
    assert "400 of 400 are the same" in result.out
    assert "calibrated again: 38.4K MACs per image, on 400 validation images" in result.out
    assert json.loads((folder / "out" / "manifest.json").read_text())["policy"]["about"]["asked"] == {"budget": 38376.0}


def test_json_says_which_files_there_are(msdl: Command, run: Path, folder: Path) -> None:
    result = msdl("export", "run", "-o", "out", "--exit", "2", "--format", "json")
    said = json.loads(result.out)
    (file,) = said["files"]
    content = (folder / "out" / "exit2.onnx").read_bytes()
    assert file == {"file": "exit2.onnx", "exit": "exit2", "bytes": len(content), "sha256": manifest.sha256(content)}
    assert (said["export"], said["network"], said["target"], said["policy"]) == ("out", "tiny", "onnx", None)
    assert said["verified"]["agreement"] == 1 and said["verified"]["count"] == 400


def test_an_export_is_replaced_when_that_is_asked_for(msdl: Command, run: Path, folder: Path) -> None:
    assert msdl("export", "run", "-o", "out", "--direct").code == 0
    refused = msdl("export", "run", "-o", "out")
    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "Error: 'out' holds an export already.\n  help: --force replaces it\n"
    assert msdl("export", "run", "-o", "out", "--force").code == 0
    assert not (folder / "out" / "direct1.onnx").exists()


def test_images_that_are_gone_are_a_warning_where_no_policy_needs_them(msdl: Command, run: Path) -> None:
    (run / SPLITS).unlink()
    result = msdl("export", "run", "-o", "out")
    assert result.code == 0
    assert result.err.startswith("Warning: the run's images can't be read, so that random ones were compared")


def test_decisions_that_flip_are_a_warning(msdl: Command, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flipped = Verification("validation", 400, 1e-6, 1e-7, 1200, 3)
    monkeypatch.setattr("msdl.deployment.export.verified", lambda *_: flipped)
    result = msdl("export", "run", "-o", "out")
    assert (result.code, result.err) == (0, "Warning: 3 of 1,200 decisions are not those of the module.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--exit", "1", "--direct"), "--exit and --direct exclude each other."),
        (("--exit", "1", "--policy", "p.json"), "--exit and --policy exclude each other."),
        (("--policy", "p.json", "--no-policy"), "--policy and --no-policy exclude each other."),
        (("--target", "tflite"), "'tflite' is not one of 'onnx', 'pt2'."),
    ],
)
def test_options_that_make_no_sense_together(arguments: tuple[str, ...], said: str, msdl: Command) -> None:
    result = msdl("export", "tiny.msd", "-o", "out", *arguments)
    assert result.code == 2 and said in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "-o", "run"), "Error: 'run' lies in the run 'run'.\n"),
        (("run", "-o", "run/onnx"), "Error: 'run/onnx' lies in the run 'run'.\n"),
        (("run", "-o", "tiny.msd"), "Error: 'tiny.msd' exists, and is not an empty folder.\n"),
        (("run", "-o", "out", "--policy", "none.json"), "Error: There is no policy 'none.json'.\n"),
        (("run", "-o", "out", "--set", "classes=3"), "Error: A run has the parameters it was trained with"),
        (("run", "-o", "out", "--data", "imagefolder:none"), "none"),
        (("run", "-o", "out", "--exit", "9"), "error[MSD"),
        (("tiny.msd", "-o", "out", "--data", "digits"), "Error: A spec has neither images nor a policy"),
        (("tiny.msd", "-o", "out", "--exit", "nobody"), "error[MSD"),
        (("tiny.msd", "-o", "out", "--set", "nobody=1"), "error[MSD"),
        (("nowhere.msd", "-o", "out"), "error[MSD"),
        (("x" * 300, "-o", "out"), "error[MSD"),
    ],
)
def test_what_can_not_be_exported_is_said(
    arguments: tuple[str, ...], said: str, msdl: Command, run: Path, folder: Path
) -> None:
    result = msdl("export", *arguments)
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert not (folder / "out").exists()


def test_an_export_is_not_exported(msdl: Command) -> None:
    assert msdl("export", "tiny.msd", "-o", "graphs").code == 0
    result = msdl("export", "graphs", "-o", "out")
    assert (result.code, result.out) == (1, "") and "Error: 'graphs' is an export already.\n" in result.err


def test_a_run_that_has_no_weights_yet(msdl: Command, run: Path) -> None:
    (run / WEIGHTS).unlink()
    result = msdl("export", "run", "-o", "out")
    assert result.code == 1 and "has no weights.safetensors yet" in result.err and "--resume" in result.err


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_a_package_that_is_missing_is_said_with_its_line(package: str, folder: Path) -> None:
    done = without(package, "export", "tiny.msd", "-o", "out")
    assert (done.returncode, done.stdout) == (1, "")
    assert f"'{package}'" in done.stderr and "python -m pip install 'msdl[onnx]'" in done.stderr
    assert not (folder / "out").exists()


def test_programs_need_torch_alone(folder: Path) -> None:
    done = without("onnx", "export", "tiny.msd", "-o", "out", "--target", "pt2")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "out" / "section2.pt2").exists()
