from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.cli.conftest import Command, without
from tests.training.runs import made


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the runs `wide` and `narrow`."""
    folder = tmp_path_factory.mktemp("runs")
    made(folder / "wide", seed=1, width=6)
    made(folder / "narrow", seed=2)
    return folder


@pytest.fixture
def wide(runs: Path, folder: Path) -> Iterator[str]:
    shutil.copytree(runs / "wide", folder / "wide")
    return "wide"


def test_a_run_is_told_as_json(msdl: Command, wide: str) -> None:
    result = msdl("evaluate", wide, "--format", "json", "--batch-size", "128")
    data = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert (data["format_version"], data["run"], data["batch_size"]) == (1, "wide", 128)
    assert [exit["name"] for exit in data["exits"]] == ["exit1", "exit2", "exit3"]
    assert len(data["budgets"]) == 20
    for row in (*data["exits"], *data["budgets"]):
        assert 0 <= row["accuracy"] <= 1 and row["ms"] > 0


def test_a_run_is_told_as_tables(msdl: Command, wide: str) -> None:
    out = msdl("evaluate", wide, "--budgets", "3").out
    lines = out.splitlines()
    assert lines[0].startswith("wide: ") and lines[0].endswith(" test images")
    assert [line.split()[0] for line in lines[4:7]] == ["exit1", "exit2", "exit3"]
    assert lines[6].endswith("1.00x")
    assert sum(line.endswith("x") for line in lines) == 3 + 3
    assert "batches of 256" in out and "median of 5 passes" in out
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("threads", "warned"), [(1, False), (2, True)])
def test_who_may_be_misled_by_a_busy_machine_is_told(msdl: Command, wide: str, threads: int, warned: bool) -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        out = msdl("evaluate", wide, "--budgets", "2").out
    finally:
        torch.set_num_threads(before)
    assert ("OMP_NUM_THREADS=1" in out) is warned
    assert max(map(len, out.splitlines())) <= 80


def test_several_runs_are_told_with_their_ensemble(msdl: Command, runs: Path) -> None:
    result = msdl("evaluate", str(runs / "wide"), str(runs / "narrow"), "--format", "json", "--budgets", "2")
    data = json.loads(result.out)
    assert set(data) == {"format_version", "runs", "ensemble"}
    assert [run["run"] for run in data["runs"]] == ["wide", "narrow"]
    assert [exit["name"] for exit in data["ensemble"]["exits"]] == ["narrow", "wide"]
    wide, narrow = (run["exits"][-1]["macs"] for run in data["runs"])
    assert data["ensemble"]["exits"][-1]["macs"] == wide + narrow


def test_runs_that_were_trained_on_each_others_validation_images_make_no_ensemble(
    msdl: Command, runs: Path, wide: str, folder: Path
) -> None:
    swapped(folder / wide / "splits.json")
    result = msdl("evaluate", wide, str(runs / "narrow"), "--budgets", "2", "--format", "json")
    assert json.loads(result.out)["ensemble"] is None
    out = msdl("evaluate", wide, str(runs / "narrow"), "--budgets", "2").out
    assert "There is no ensemble: the runs read images of different sizes, or keep\ndifferent images" in out


def swapped(splits: Path) -> None:
    """Lets an image for training and one for validation change places."""
    data = json.loads(splits.read_text())
    data["train"][0], data["validation"][0] = data["validation"][0], data["train"][0]
    splits.write_text(json.dumps(data))


def test_a_policy_is_tried(msdl: Command, wide: str, folder: Path) -> None:
    policy = {"format_version": 1, "exits": ["exit1", "exit2", "exit3"], "thresholds": [0.0, None]}
    (folder / "policy.json").write_text(json.dumps({**policy, "confidence": "margin", "temperatures": [], "about": {}}))
    data = json.loads(msdl("evaluate", wide, "--policy", "policy.json", "--budgets", "2", "--format", "json").out)
    assert data["policy"]["shares"] == [1, 0, 0]
    assert data["policy"]["accuracy"] == data["exits"][0]["accuracy"]


def test_a_policy_of_another_network_is_refused_before_anything_is_measured(
    msdl: Command, wide: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msdl.training.evaluation.evaluate", lambda *_, **__: pytest.fail("it was measured"))
    policy = {"format_version": 1, "exits": ["early", "late"], "thresholds": [0.5], "confidence": "margin"}
    (folder / "other.json").write_text(json.dumps({**policy, "temperatures": [], "about": {}}))
    result = msdl("evaluate", wide, "--policy", "other.json")
    assert (result.code, result.out) == (1, "")
    assert "The policy 'other.json' is for exits early, late; the network has exit1, exit2, exit3." in result.err


def test_a_report_is_written(msdl: Command, wide: str, folder: Path) -> None:
    result = msdl("evaluate", wide, "--report", "out.html", "--budgets", "4")
    assert result.code == 0 and result.out.startswith("wide: ")
    assert (folder / "out.html").read_text().startswith("<!doctype html>")


def test_a_file_of_the_run_is_kept(msdl: Command, wide: str) -> None:
    result = msdl("evaluate", wide, "--report", f"{wide}/run.json")
    assert (result.code, "it would be lost" in result.err) == (2, True)


def test_what_fails_halfway_writes_nothing(
    msdl: Command, wide: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("msdl.training.report.contents.reliability", interrupted)
    (folder / "out.html").write_text("what was there")
    before = sorted(folder.iterdir())
    with pytest.raises(KeyboardInterrupt):
        msdl("evaluate", wide, "--report", "out.html", "--budgets", "2")
    assert (folder / "out.html").read_text() == "what was there" and sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["elsewhere"], 1, "'elsewhere' is not a run folder"),
        (["wide", "wide/../wide"], 2, "A RUN is given twice."),
        (["wide", "elsewhere", "--policy", "p.json"], 2, "--policy is for one RUN"),
        (["wide", "--policy", "p.json"], 1, "There is no policy 'p.json'"),
        (["wide", "--report", "no/out.html"], 2, "'no/out.html' can't be written: No such file or directory."),
        (["wide", "--report", "wide"], 2, "'wide' can't be written: Is a directory."),
        (["wide", "--batch-size", "0"], 2, "--batch-size"),
        (["wide", "--budgets", "1"], 2, "--budgets"),
        ([], 2, "RUN"),
    ],
)
def test_what_is_wrong_is_said(msdl: Command, wide: str, arguments: list[str], code: int, said: str) -> None:
    result = msdl("evaluate", *arguments)
    assert (result.code, result.out) == (code, "") and said in result.err


def test_a_run_that_is_not_trained_yet_is_refused(msdl: Command, wide: str, folder: Path) -> None:
    (folder / "wide" / "weights.safetensors").unlink()
    result = msdl("evaluate", wide)
    assert result.code == 1 and "has no weights.safetensors yet" in result.err


def test_lightning_is_not_needed(wide: str) -> None:
    done = without("lightning", "evaluate", wide, "--budgets", "2", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "") and json.loads(done.stdout)["run"] == "wide"


def test_a_report_without_matplotlib_is_refused_at_once(folder: Path) -> None:
    done = without("matplotlib", "evaluate", "elsewhere", "--report", "out.html")
    assert (done.returncode, done.stdout) == (2, "") and "'matplotlib' is missing" in done.stderr
    assert not (folder / "out.html").exists()
