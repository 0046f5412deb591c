"""What stopped goes on, and ends as if it had not stopped."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

import msdl
from msdl.runtime.errors import InputError
from msdl.runtime.run import Run
from msdl.training import checkpoints, folder, metrics, published
from msdl.training.datamodule import Batch
from msdl.training.fit import is_finished, resume, train
from msdl.training.metrics import Row
from msdl.training.task import Task
from tests.training.conftest import SMALL
from tests.training.same import assert_same

EPOCHS = 5
OPTIONS = published.options("digits", epochs=EPOCHS, mixup=0.2)


@pytest.fixture(scope="module")
def whole(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run that nothing interrupted."""
    return train(small, "digits", tmp_path_factory.mktemp("whole") / "run", OPTIONS)


def at(epoch: int, happens: Callable[[], None]) -> Callable[[Row], None]:
    """Something happens when an epoch's row is there, and its checkpoint is not."""

    def watch(row: Row) -> None:
        if row["epoch"] == epoch:
            happens()

    return watch


def interrupt() -> None:
    raise KeyboardInterrupt


def test_killed_in_the_middle_of_an_epoch(whole: Run, small: Path, tmp_path: Path) -> None:
    command = f"train {small} -o {tmp_path / 'run'} --epochs {EPOCHS} --mixup 0.2".split()
    process = subprocess.Popen(
        [sys.executable, "-m", "msdl", *command], stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    while process.poll() is None and not (tmp_path / "run" / "checkpoints" / "last.ckpt").exists():
        time.sleep(0.01)
    process.kill()
    assert process.wait() != 0
    run = Run.read(tmp_path / "run")
    assert 1 <= len(checkpoints.rows(run)) < EPOCHS
    assert msdl.load(run.folder) is not None
    seen: list[Row] = []
    resume(run.folder, watch=seen.append)
    assert seen[0]["epoch"] == EPOCHS - len(seen) + 1 > 1
    assert_same(run, whole)
    assert is_finished(run)


@pytest.mark.parametrize("epoch", [1, 3])
def test_interrupted_before_the_first_checkpoint_and_behind_it(
    epoch: int, whole: Run, small: Path, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(small, "digits", tmp_path / "run", OPTIONS, watch=at(epoch, interrupt))
    run = Run.read(tmp_path / "run")
    assert len(checkpoints.rows(run)) == epoch - 1
    assert_same(resume(run.folder), whole)


def test_random_crops_are_those_of_their_epoch(small: Path, tmp_path: Path) -> None:
    options = published.options("digits", epochs=3, augment="imagenet", validation=0.8)
    whole = train(small, "digits", tmp_path / "whole", options)
    with pytest.raises(KeyboardInterrupt):
        train(small, "digits", tmp_path / "run", options, watch=at(2, interrupt))
    assert_same(resume(tmp_path / "run"), whole)


def test_a_disk_that_is_full_keeps_the_last_checkpoint(whole: Run, small: Path, tmp_path: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = at(3, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most[1])))
    try:
        with pytest.raises(InputError) as found:
            train(small, "digits", tmp_path / "run", OPTIONS, watch=full)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    run = Run.read(tmp_path / "run")
    assert str(found.value) == f"'{run.path('checkpoints')}/last.ckpt' can't be written: {os.strerror(errno.EFBIG)}."
    assert [path.name for path in run.path("checkpoints").iterdir()] == ["last.ckpt"]
    assert len(checkpoints.rows(run)) == 2
    assert msdl.load(run.folder) is not None
    assert_same(resume(run.folder), whole)


def test_a_disk_that_is_full_from_the_start_leaves_no_folder(small: Path, tmp_path: Path) -> None:
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, most[1]))
    try:
        with pytest.raises(InputError, match="can't be written"):
            train(small, "digits", tmp_path / "run", OPTIONS)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert not list(tmp_path.iterdir())


def test_a_loss_that_is_no_number_stops_the_training(small: Path, tmp_path: Path) -> None:
    options = published.options("digits", epochs=3, lr=1e30)
    with pytest.raises(
        InputError, match=r"The loss of 'exit1' is not a number any more, at step 2 of epoch 1\."
    ) as found:
        train(small, "digits", tmp_path / "run", options)
    assert found.value.help == (
        f"try a lower --lr than 1e+30, or --warmup; into another folder, or remove '{tmp_path / 'run'}' first"
    )
    assert checkpoints.last(Run.read(tmp_path / "run")) is None
    with pytest.raises(InputError, match="holds a run already") as found:
        train(small, "digits", tmp_path / "run", options)
    assert found.value.help == "take another folder, or remove it first"


def test_a_last_step_that_spoils_the_weights_is_not_kept(small: Path, tmp_path: Path) -> None:
    """With one step an epoch the loss of the first is fine, and what follows from it is not."""
    options = published.options("digits", epochs=3, lr=1e30, batch_size=5000)
    with pytest.raises(InputError, match="is not a number any more, after epoch 1"):
        train(small, "digits", tmp_path / "run", options)
    assert not Run.read(tmp_path / "run").trained


def test_a_state_that_is_not_finite_is_not_kept_whatever_the_loss_says(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Task.training_step

    def spoilt(task: Task, batch: Batch, number: int) -> Tensor:
        if task.current_epoch == 1:
            task.network.get_buffer("stem.1.running_var").fill_(float("inf"))
        return step(task, batch, number)

    monkeypatch.setattr(Task, "training_step", spoilt)
    with pytest.raises(InputError, match=r"'stem\.1\.running_var' is not a number any more, after epoch 2") as found:
        train(small, "digits", tmp_path / "run", OPTIONS)
    assert found.value.help.endswith("what epoch 1 has learned is kept")
    run = Run.read(tmp_path / "run")
    assert [row["epoch"] for row in checkpoints.rows(run)] == [1]
    assert len(metrics.read(run)) == 1 and msdl.load(run.folder) is not None


def test_a_run_that_is_being_trained_is_left_alone(small: Path, tmp_path: Path) -> None:
    said = []

    def meddle() -> None:
        for start in (resume, lambda folder: train(small, "digits", folder, OPTIONS)):
            with pytest.raises(InputError) as found:
                start(tmp_path / "run")
            said.append(str(found.value))

    train(small, "digits", tmp_path / "run", published.options("digits", epochs=2), watch=at(1, meddle))
    assert said == [f"'{tmp_path / 'run'}' is being trained by another process."] * 2


@pytest.mark.parametrize("is_there", [False, True])
def test_of_two_that_make_one_folder_the_first_gets_it(
    is_there: bool, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other comes between the last look at the folder and the move into it."""
    fill, place = folder._fill, tmp_path / "run"

    def late(*arguments: Any) -> Run:
        run = fill(*arguments)
        place.mkdir(exist_ok=is_there)
        (place / "checkpoints").mkdir()
        (place / "run.json").write_text("theirs")
        return run

    if is_there:
        place.mkdir()
    monkeypatch.setattr(folder, "_fill", late)
    with pytest.raises(InputError, match="holds a run already"):
        train(small, "digits", place, OPTIONS)
    assert sorted(path.name for path in place.iterdir()) == ["checkpoints", "run.json"]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_epochs_before_are_kept(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def factor(options: object, step: int, steps: int) -> float:
        return 1.0 if step < steps else 1e30

    monkeypatch.setattr("msdl.training.task.factor", factor)
    with pytest.raises(InputError, match="of epoch 2") as found:
        train(small, "digits", tmp_path / "run", OPTIONS)
    assert found.value.help.endswith("what epoch 1 has learned is kept")
    run = Run.read(tmp_path / "run")
    assert [row["epoch"] for row in checkpoints.rows(run)] == [1]
    assert len(metrics.read(run)) == 1 and msdl.load(run.folder) is not None


def test_a_run_may_be_moved(whole: Run, small: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(small, "digits", tmp_path / "run", OPTIONS, watch=at(3, interrupt))
    (tmp_path / "run").rename(tmp_path / "moved")
    assert_same(resume(tmp_path / "moved"), whole)
    assert not (tmp_path / "run").exists()


def spoil(path: Path, text: str | bytes) -> None:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


FOREIGN = {
    "no_run": (lambda run: run.path("run.json").unlink(), "is not a run folder"),
    "no_json": (lambda run: spoil(run.path("run.json"), "{"), "run.json' is not JSON"),
    "no_such_option": (
        lambda run: spoil(run.path("run.json"), run.path("run.json").read_text().replace('"epochs"', '"epoch"')),
        "There is no option 'epoch'",
    ),
    "no_module": (lambda run: run.path("network.py").unlink(), "network.py' can't be read"),
    "no_python": (lambda run: spoil(run.path("network.py"), "class"), "network.py' can't be run: SyntaxError"),
    "no_checkpoint": (lambda run: spoil(run.path("checkpoints") / "last.ckpt", b"PK"), "can't be used as a checkpoint"),
    "another_network": (
        lambda run: spoil(run.path("network.py"), msdl.Compilation.of("msdnet_digits", size=8).emit("torch")),
        "doesn't fit network.py",
    ),
    "other_widths": (
        lambda run: spoil(
            run.path("network.py"),
            msdl.Compilation.of_text(SMALL.replace("growth 2, 4", "growth 4, 8")).emit("torch"),
        ),
        "is not a checkpoint of the network beside it",
    ),
    "other_kinds": (
        lambda run: spoil(run.path("run.json"), run.path("run.json").read_text().replace("[]", '"1,1,1"')),
        'can\'t be "1,1,1"',
    ),
    "other_weights": (
        lambda run: spoil(
            run.path("run.json"), run.path("run.json").read_text().replace('_weights": []', '_weights": [1]')
        ),
        "--exit-weights has 1 numbers, and the network 3 exits",
    ),
    "no_splits": (lambda run: run.path("splits.json").unlink(), "splits.json"),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_folder_that_was_changed_is_refused(case: str, digits_run: Run, tmp_path: Path) -> None:
    change, says = FOREIGN[case]
    shutil.copytree(digits_run.folder, tmp_path / "run")
    run = Run.read(tmp_path / "run")
    change(run)
    with pytest.raises(InputError) as found:
        resume(run.folder)
    assert says in str(found.value)


def test_a_checkpoint_is_read_as_data_alone(digits_run: Run, tmp_path: Path) -> None:
    import pickle

    path = tmp_path / "last.ckpt"
    path.write_bytes(pickle.dumps(os.system))
    damaged = f"'{path}' can't be used as a checkpoint: it is damaged, or holds more than data."
    with pytest.raises(InputError) as found:
        checkpoints.load(path)
    assert (str(found.value), found.value.help) == (damaged, "remove it, and --resume trains from the start")
    path.write_bytes(b"")
    with pytest.raises(InputError) as found:
        checkpoints.load(path)
    assert str(found.value) == damaged
