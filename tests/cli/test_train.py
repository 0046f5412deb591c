"""`msdl train`: what it tells, what it refuses, and several processes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import msdl as package
from msdl.runtime.run import Run
from tests.cli.conftest import Command, loaded

SMALL = """\
network small(classes = 10) {
  input 1 x 8 x 8
  stem conv3x3(4) bn relu
  scales 1 { c 4 }
  layers 2 { horizontal conv3x3(c) bn relu }
  exits at 1..2: gap linear(classes)
}
"""


@pytest.fixture
def spec(folder: Path) -> str:
    (folder / "small.msd").write_text(SMALL)
    torch.set_num_threads(1)
    return "small.msd"


def test_a_line_an_epoch_and_a_table_at_the_end(msdl: Command, spec: str) -> None:
    result = msdl("train", spec, "-o", "runs/one", "--epochs", "2")
    first, second = result.err.splitlines()
    assert (result.code, first[:13], second[:13]) == (0, "epoch 1  loss", "epoch 2  loss")
    titles, exit1, exit2, _, last = result.out.splitlines()
    assert titles.split() == ["exit", "MACs", "validation", "accuracy"]
    assert exit1.split()[0] == "exit1" and exit2.split()[0] == "exit2" and exit2.endswith(" %")
    assert last in [f"The weights of epoch {epoch} are in 'runs/one'." for epoch in (1, 2)]
    again = msdl("train", "--resume", "runs/one")
    assert (again.code, again.out) == (0, result.out)
    assert again.err == "'runs/one' is finished: all its epochs are through.\n"
    taken = msdl("train", spec, "-o", "runs/one")
    assert (taken.code, taken.out) == (1, "")
    assert taken.err == (
        "Error: 'runs/one' holds a run already.\n  help: `msdl train --resume runs/one` goes on with it\n"
    )


def test_the_options_arrive(msdl: Command, spec: str) -> None:
    words = (
        "--epochs 3 --batch-size 200 --lr 0.02 --schedule multistep --milestones 1,2 --warmup 1 --momentum 0.5"
        " --weight-decay 0.01 --exit-weights 1,0.5 --label-smoothing 0.1 --mixup 0.3 --gradient-equilibrium"
        " --distil 0.2 --distil-temperature 2 --augment none --mean 0.3 --std 0.4 --validation 0.3 --seed 7"
        " --split-seed 3 --ignore-index 9"
        " --accelerator cpu --devices 1 --strategy auto --precision 32 --workers 0 --memory-efficient"
        " --logger csv"
    )
    assert msdl("train", spec, "-o", "run", *words.split()).code == 0
    assert Run.read("run").options == {
        "epochs": 3, "batch_size": 200, "lr": 0.02, "momentum": 0.5, "weight_decay": 0.01, "schedule": "multistep",
        "milestones": [1, 2], "warmup": 1, "exit_weights": [1.0, 0.5], "label_smoothing": 0.1, "mixup": 0.3,
        "gradient_equilibrium": True, "distil": 0.2, "distil_temperature": 2.0, "augment": "none", "mean": [0.3],
        "std": [0.4], "validation": 0.3, "seed": 7, "split_seed": 3, "ignore_index": 9, "image_column": "",
        "mask_column": "", "accelerator": "cpu", "devices": "1",
        "strategy": "auto", "precision": "32", "workers": 0, "compile": False, "memory_efficient": True,
        "loggers": ["csv"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Give either a SPEC or --resume RUN."),
        ("small.msd --resume run", "Give either a SPEC or --resume RUN."),
        ("small.msd", "-o RUN says into which folder to train."),
        ("--resume run --epochs 3", "--resume goes on as the run was started; leave out --epochs."),
        ("--resume run -o other", "--resume goes on as the run was started; leave out --output."),
        ("small.msd -o run --epochs 0", "--epochs 0: it has to be a whole number from 1 to 2^31 - 1."),
        ("small.msd -o run --lr 0", "--lr 0.0: it has to be larger than 0."),
        ("small.msd -o run --exit-weights 1,2,3", "--exit-weights has 3 numbers, and the network 2 exits."),
        ("small.msd -o run --exit-weights 1;2", "'1;2' is not numbers with commas between them."),
        ("small.msd -o run --milestones 1.5", "'1.5' is not whole numbers with commas between them."),
        ("small.msd -o run --schedule linear", "'linear' is not one of 'cosine', 'multistep'."),
    ],
)
def test_wrong_use(words: str, says: str, msdl: Command, spec: str) -> None:
    result = msdl("train", *words.split())
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("small.msd -o run --set classes=7", "Error: The data has 10 classes, the network 7."),
        ("small.msd -o run --set clases=7", "error[MSD206]: Network 'small' has no parameter 'clases'."),
        ("tiny.msd -o tiny.msd", "Error: 'tiny.msd' exists, and is not an empty folder."),
        ("small.msd -o run --data imagefolder:none", "none"),
        ("none.msd -o run", "error[MSD101]"),
        (f"small.msd -o {'x' * 300}", "can't be written: File name too long."),
        ("small.msd -o run --accelerator cpu --devices 5,6", "Error: Lightning can't train like that: "),
        ("small.msd -o run --accelerator cpu --devices 99999", "Error: On this CPU --devices can be "),
        ("--resume none", "Error: 'none' is not a run folder: it has no run.json."),
    ],
)
def test_what_cannot_be_trained(words: str, says: str, msdl: Command, spec: str) -> None:
    result = msdl("train", *words.split())
    assert (result.code, result.out) == (1, "")
    assert says in result.err and "Traceback" not in result.err
    assert not Path("run").exists()


def test_what_a_finished_run_lost_comes_back(msdl: Command, spec: str) -> None:
    result = msdl("train", spec, "-o", "run", "--epochs", "1")
    before = {name: Path("run", name).read_bytes() for name in ("weights.safetensors", "metrics.csv")}
    for name in before:
        Path("run", name).unlink()
    again = msdl("train", "--resume", "run")
    assert (again.code, again.out) == (0, result.out)
    assert again.err.endswith("What had been lost of it is written again, from its checkpoint.\n")
    assert {name: Path("run", name).read_bytes() for name in before} == before


def test_an_interruption_says_how_to_go_on(msdl: Command, spec: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(row: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("msdl.cli.train.progress.line", stop)
        with pytest.raises(KeyboardInterrupt):  # msdl.cli.main makes exit code 130 of it
            msdl("train", spec, "-o", "run", "--epochs", "2")
    result = msdl("train", "--resume", "run")
    assert result.code == 0
    told = [line for line in result.err.splitlines() if line]
    assert told[0] == "Interrupted; `msdl train --resume run` goes on after the last whole epoch."
    assert told[1].startswith("epoch 1 ") and told[2].startswith("epoch 2 ")


def test_a_spec_from_the_standard_input(msdl: Command) -> None:
    result = msdl("train", "-", "-o", "run", "--epochs", "1", stdin=SMALL.encode())
    assert result.code == 0
    assert Path("run/spec.msd").read_text() == SMALL


@pytest.mark.slow
def test_two_processes(process: Command, spec: str) -> None:
    words = "--epochs 2 --devices 2 --accelerator cpu --batch-size 100".split()
    result = process("train", spec, "-o", "run", *words, OMP_NUM_THREADS="1")
    assert result.code == 0, result.err
    assert result.out.splitlines()[-1].endswith("are in 'run'.")
    assert [line.partition("  ")[0] for line in result.err.splitlines()] == ["epoch 1", "epoch 2"]
    assert package.load("run").EXITS == ("exit1", "exit2")


def test_help_loads_nothing_heavy(folder: Path) -> None:
    assert loaded("train", "--help") == set()
