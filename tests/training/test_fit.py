"""A run folder: what is in it, that it is made whole or not at all, and that chance is decided by the seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

import msdl
from msdl.compilation import Compilation
from msdl.diagnostics import SpecError
from msdl.runtime.errors import InputError
from msdl.runtime.run import Run
from msdl.training import metrics, published
from msdl.training.data import reopened
from msdl.training.fit import is_finished, train
from msdl.training.options import BadOption, Options
from msdl.training.scores import scores
from tests.training.same import assert_same

TWO = published.options("digits", epochs=2)


def test_a_run_folder_has_all_that_the_network_was_made_with(digits_run: Run, small: Path) -> None:
    run = Run.read(digits_run.folder)
    costs = Compilation.of(small).costs
    assert (run.network, run.classes) == ("small", tuple("0123456789"))
    assert [(exit.name, exit.macs, exit.parameters) for exit in run.exits] == [
        (exit.name, exit.macs.lazy, exit.parameters) for exit in costs.exits
    ]
    assert Options.of_json(run.options).epochs == 10
    assert set(run.versions) == {"msdl", "python", "torch", "lightning"}
    assert run.versions["torch"] == torch.__version__
    assert run.data["source"] == "digits"
    assert sorted(path.name for path in run.folder.iterdir()) == [
        "checkpoints", "metrics.csv", "network.py", "run.json", "spec.msd", "splits.json", "weights.safetensors",
    ]  # fmt: skip
    assert [path.name for path in run.path("checkpoints").iterdir()] == ["last.ckpt"]
    assert not list(run.folder.parent.glob(".*"))


def test_the_copied_spec_makes_the_module_that_was_trained(digits_run: Run) -> None:
    copy = Compilation.of(digits_run.path("spec.msd"))
    assert copy.digest == digits_run.digest
    assert copy.emit("torch") == digits_run.path("network.py").read_text()


def test_metrics_have_a_row_an_epoch(digits_run: Run) -> None:
    rows = metrics.read(digits_run)
    assert [row["epoch"] for row in rows] == list(range(1, 11))
    assert [*rows[0]] == [
        "epoch", "lr", "train_loss", "exit1_loss", "exit1_accuracy", "exit2_loss", "exit2_accuracy", "exit3_loss",
        "exit3_accuracy",
    ]  # fmt: skip
    assert rows[0]["lr"] == 0.1 and rows[5]["lr"] == pytest.approx(0.05)
    assert rows[-1]["train_loss"] < rows[0]["train_loss"] / 2
    assert is_finished(digits_run)


def test_the_weights_are_those_of_the_last_epoch(digits_run: Run) -> None:
    found = scores(msdl.load(digits_run.folder), reopened(digits_run).validation, digits_run.preprocessing)
    last = metrics.accuracies(metrics.read(digits_run)[-1])
    assert found.accuracies == pytest.approx(tuple(last.values()), abs=1e-6)
    assert min(found.accuracies) > 0.5


def test_the_same_seed_gives_the_same_run_and_another_seed_another(small: Path, tmp_path: Path) -> None:
    options = published.options("digits", epochs=2, mixup=0.2, distil=0.5, gradient_equilibrium=True)
    runs = [train(small, "digits", tmp_path / name, options) for name in ("a", "b")]
    torch.rand(7)  # what was drawn before makes no difference
    assert_same(*runs)
    other = published.options("digits", epochs=2, mixup=0.2, distil=0.5, gradient_equilibrium=True, seed=1)
    third = train(small, "digits", tmp_path / "c", other)
    assert third.path("metrics.csv").read_text() != runs[0].path("metrics.csv").read_text()


@pytest.mark.parametrize(
    "chosen",
    [
        {"label_smoothing": 0.1, "exit_weights": (0.5, 1.0, 2.0)},
        {"schedule": "multistep", "warmup": 1, "epochs": 3},
        {"precision": "bf16"},
        {"memory_efficient": True},
        {"batch_size": 5000},
        {"workers": 1, "epochs": 1},
        {"loggers": ("csv",), "epochs": 1},
    ],
    ids=str,
)
def test_every_option_trains(chosen: dict[str, Any], small: Path, tmp_path: Path) -> None:
    options = published.options("digits", **{"epochs": 2, **chosen})
    run = train(small, "digits", tmp_path / "run", options)
    assert len(metrics.read(run)) == options.epochs
    assert msdl.load(run.folder).EXITS == ("exit1", "exit2", "exit3")


def test_recomputation_changes_nothing_but_the_memory(small: Path, tmp_path: Path) -> None:
    runs = [
        train(small, "digits", tmp_path / str(saving), published.options("digits", epochs=1, memory_efficient=saving))
        for saving in (False, True)
    ]
    plain, saved = (load_file(run.path("weights.safetensors")) for run in runs)
    assert all(torch.allclose(plain[name].float(), saved[name].float(), atol=1e-4) for name in plain)


def test_the_forward_pass_is_compiled_and_the_weights_keep_their_names(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def compiled(forward: Callable[[Tensor], object], dynamic: bool) -> Callable[[Tensor], object]:
        def call(images: Tensor) -> object:
            calls.append(images.shape)
            return forward(images)

        return call

    monkeypatch.setattr(torch, "compile", compiled)
    run = train(small, "digits", tmp_path / "run", published.options("digits", epochs=1, compile=True))
    assert set(calls) == {(64, 1, 8, 8)}
    assert msdl.load(run.folder).EXITS == ("exit1", "exit2", "exit3")


def test_stated_statistics_are_kept(small: Path, tmp_path: Path) -> None:
    options = published.options("digits", epochs=1, mean=(0.25,), std=(0.5,))
    run = Run.read(train(small, "digits", tmp_path / "run", options).folder)
    assert (run.preprocessing.mean, run.preprocessing.std) == ((0.25,), (0.5,))


def test_it_goes_into_an_empty_folder_and_makes_those_above(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert train(small, "digits", ".", TWO).trained
    assert Path("run.json").exists()
    assert train(small, "digits", tmp_path / "a" / "b", TWO).trained


def test_a_folder_that_holds_something_is_refused_and_stays_as_it_is(
    digits_run: Run, small: Path, tmp_path: Path
) -> None:
    before = {path: path.read_bytes() for path in digits_run.folder.rglob("*") if path.is_file()}
    with pytest.raises(InputError, match="holds a run already") as found:
        train(small, "digits", digits_run.folder, TWO)
    assert "--resume" in found.value.help
    assert {path: path.read_bytes() for path in digits_run.folder.rglob("*") if path.is_file()} == before
    (tmp_path / "note.txt").write_text("keep me")
    for folder in (tmp_path, tmp_path / "note.txt"):
        with pytest.raises(InputError, match="exists, and is not an empty folder"):
            train(small, "digits", folder, TWO)
    assert (tmp_path / "note.txt").read_text() == "keep me"


ENDS = """\
network ends {
  input 1 x 8 x 8
  stem conv3x3(4) bn relu
  exit at end: HEAD
}
"""


@pytest.mark.parametrize(
    ("spec", "data", "chosen", "error", "says"),
    [
        ("linear(7)", "digits", {}, InputError, "10 classes"),
        ("conv3x3(10)", "digits", {"augment": "none"}, InputError, "exits that are maps need one for every pixel"),
        ("gap linear(10)", "shapes", {}, InputError, "the network tells one class an image"),
        ("gap linear(10)", "nothing", {}, InputError, "'nothing'"),
        ("gap linear(10)", "imagefolder:/nowhere", {}, InputError, "/nowhere"),
        ("conv3x3(10)", "shapes", {"augment": "cifar"}, BadOption, "distorts no masks"),
        ("conv3x3(10)", "shapes", {"augment": "none", "mixup": 0.2}, BadOption, "--mixup mixes the classes"),
        ("gap linear(10)", "digits", {"augment": "scale"}, BadOption, "--augment scale is for images with masks"),
        ("gap linear(10)", "digits", {"mask_column": "m"}, BadOption, "--mask-column is for exits that are maps"),
        ("gap linear(ten)", "digits", {}, SpecError, "ten"),
        ("gap linear(10)", "digits", {"exit_weights": (1.0, 1.0)}, BadOption, "the network 1 exit"),
        ("gap linear(10)", "digits", {"strategy": "telepathy"}, InputError, "telepathy"),
        pytest.param(
            "gap linear(10)", "digits", {"accelerator": "cuda"}, InputError, "CUDA",
            marks=pytest.mark.skipif(torch.cuda.is_available(), reason="there is one"),
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_leaves_no_folder(
    spec: str, data: str, chosen: dict[str, Any], error: type[Exception], says: str, tmp_path: Path
) -> None:
    path = tmp_path / "ends.msd"
    path.write_text(ENDS.replace("HEAD", spec))
    with pytest.raises(error) as found:
        train(path, data, tmp_path / "run", published.options("digits", **chosen))
    assert says in str(found.value)
    assert [path.name for path in tmp_path.iterdir()] == ["ends.msd"]


def test_settings_are_kept_as_numbers(small: Path, tmp_path: Path) -> None:
    run = train(small, "digits", tmp_path / "run", published.options("digits", epochs=1), {"depth": "1+1"})
    assert json.loads(run.path("run.json").read_text())["settings"] == {"depth": 2}
    assert len(Run.read(run.folder).exits) == 2


def test_runs_of_several_seeds_can_share_their_test_images(small: Path, tmp_path: Path) -> None:
    runs = [
        train(small, "digits", tmp_path / str(seed), published.options("digits", epochs=1, seed=seed, split_seed=5))
        for seed in (1, 2)
    ]
    first, second = (reopened(run).test for run in runs)
    assert first.names == second.names
    weights = [msdl.load(run.folder).state_dict()["stem.0.weight"] for run in runs]
    assert not torch.equal(*weights)


def test_one_exit_alone_is_refused(small: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="with all its exits"):
        train(Compilation.of(small, exit=2), folder=tmp_path / "run")
    assert not (tmp_path / "run").exists()
