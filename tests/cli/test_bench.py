from __future__ import annotations

import json
from pathlib import Path

import pytest

from msdl.cli.bench.findings import human
from tests.cli.conftest import HEAVY, Command, loaded, without
from tests.deployment.bench.results import benchmark, engine
from tests.training.runs import made

QUICK = ("--batch", "1,4", "--runs", "2", "--images", "8", "--engine", "torch")


def test_a_spec_is_told_as_json(msdl: Command) -> None:
    result = msdl("bench", "tiny.msd", *QUICK, "--format", "json")
    data = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert (data["format_version"], data["engine"], data["images"]) == (1, "torch", "random")
    assert [(exit["name"], exit["batch"], exit["runs"]) for exit in data["exits"]] == [
        ("exit1", 1, 2), ("exit2", 1, 2), ("exit1", 4, 2), ("exit2", 4, 2),
    ]  # fmt: skip
    assert {"name", "batch", "p50_ms", "p95_ms", "macs", "eta"} < data["exits"][0].keys()
    assert {"mix", "batch", "images", "ms", "macs", "eta"} < data["mixes"][0].keys()
    assert [mix["mix"] for mix in data["mixes"]] == ["all-last", "all-first", ".5/.2/.2/.1", ".1/.1/.2/.3/.3"]
    costs = json.loads(msdl("cost", "tiny.msd", "--format", "json").out)["exits"]
    assert [exit["macs"] for exit in data["exits"][:2]] == [exit["macs"]["lazy"] for exit in costs]


def test_several_engines_and_another_parameter(msdl: Command) -> None:
    line = ("bench", "tiny.msd", *QUICK, "--engine", "onnx", "--set", "depth=3", "--mix", ".5/.5", "--format", "json")
    data = json.loads(msdl(*line).out)
    assert [each["engine"] for each in data["engines"]] == ["torch", "onnx"]
    assert [mix["mix"] for mix in data["engines"][1]["mixes"]] == ["all-last", ".5/.5"]


def test_tables_for_a_person() -> None:
    out = human(benchmark(engine("onnx", 1.0)))
    assert out.splitlines()[:2] == ["a_network (a run)", "onnx on a machine, 2 threads"]
    assert "exit1  1.00M  1.000  1.900     1,000  1.00" in out
    assert "own          2.00M     1.953       512  1.00" in out
    assert "Images: test images of '<digits>'" in out and "own: the policy decides" in out
    assert max(map(len, out.splitlines())) <= 80


def test_engines_stand_beside_the_first() -> None:
    out = human(benchmark(engine("onnx", 1.0), engine("torch", 5.0), notes=("Something is left out.",)))
    assert "exit3  4.00M  4.000  1.00  20.00  1.00  5.00x" in out
    assert out.endswith("\n\nSomething is left out.\n")
    assert max(map(len, out.splitlines())) <= 80


def test_a_report_is_written(msdl: Command, folder: Path) -> None:
    result = msdl("bench", "tiny.msd", *QUICK, "--report", "out.html")
    assert result.code == 0 and result.out.startswith("tiny (never trained)\n")
    assert (folder / "out.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["elsewhere"], 1, "elsewhere"),
        (["x" * 300], 1, "There is no file and no library network"),
        (["."], 1, "is neither a run"),
        (["-"], 2, "can't be measured; put it into a file"),
        (["tiny.msd", "--set", "width=3"], 1, "width"),
        (["tiny.msd", "--engine", "abacus"], 1, "There is no engine 'abacus'"),
        (["tiny.msd", "--engine", "torch", "--engine", "torch"], 2, "named twice"),
        (["tiny.msd", "--batch", "0"], 2, "a batch has from 1 to 65,536 images"),
        (["tiny.msd", "--batch", "1,,2"], 2, "'1,,2' is not a list of batch sizes"),
        (["tiny.msd", "--runs", "0"], 2, "--runs"),
        (["tiny.msd", "--images", "0"], 2, "--images"),
        (["tiny.msd", "--threads", "0"], 2, "--threads"),
        (["tiny.msd", "--mix", ".5/.6"], 2, "add up to 1.1, not to 1"),
        (["tiny.msd", "--mix", "most"], 2, "'most' is not a list of shares such as .5/.2/.2/.1, and none of all-last"),
        (["tiny.msd", "--mix", ".2/.3/.5"], 1, "The mix '.2/.3/.5' has 3 shares, and the network 2 exits."),
        (["tiny.msd", "--mix", "own"], 1, "has no mix of its own: it was never trained."),
        (["tiny.msd", "--data", "digits"], 1, "was never trained"),
        (["tiny.msd", "--report", "no/out.html"], 2, "'no/out.html' can't be written: No such file or directory."),
        (["tiny.msd", "--report", "."], 2, "'.' can't be written: Is a directory."),
        (["tiny.msd", "--report", "x" * 300], 2, "can't be written: File name too long."),
        (["tiny.msd", "--report", "a\0b"], 2, "can't be written: embedded null byte."),
        (["tiny.msd", "--report", "tiny.msd"], 2, "is the spec itself"),
        ([], 2, "SPEC|RUN|EXPORT"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_measured(
    msdl: Command, arguments: list[str], code: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("msdl.deployment.bench.course.latencies", lambda *_: pytest.fail("it was measured"))
    result = msdl("bench", *arguments)
    assert (result.code, result.out) == (code, "") and said in result.err and "Traceback" not in result.err


def test_files_of_a_run_and_of_an_export_are_kept(msdl: Command, folder: Path) -> None:
    made(folder / "run")
    result = msdl("bench", "run", "--report", "run/run.json")
    assert (result.code, "is a file of the run; it would be lost." in result.err) == (2, True)
    assert msdl("export", "tiny.msd", "-o", "export").code == 0
    (folder / "link.html").symlink_to("export/manifest.json")
    for source, report in (("export", "export/manifest.json"), ("export", "export/times.json"),
                           ("export", "link.html"), ("run", "run/policy.json")):  # fmt: skip
        result = msdl("bench", source, "--report", report)
        assert (result.code, f"may be a file of '{source}', which would be lost" in result.err) == (2, True)


def test_who_interrupts_it_finds_what_was_there(msdl: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("msdl.deployment.bench.course.throughputs", interrupted)
    (folder / "out.html").write_text("what was there")
    before = sorted(folder.iterdir())
    with pytest.raises(KeyboardInterrupt):
        msdl("bench", "tiny.msd", *QUICK, "--report", "out.html")
    assert (folder / "out.html").read_text() == "what was there" and sorted(folder.iterdir()) == before


def test_what_is_missing_is_said(folder: Path) -> None:
    done = without("onnxruntime", "bench", "tiny.msd", "--engine", "onnx", "--runs", "1")
    assert (done.returncode, done.stdout) == (1, "") and "pip install 'msdl[onnx]'" in done.stderr
    done = without("matplotlib", "bench", "tiny.msd", "--report", "out.html")
    assert (done.returncode, done.stdout) == (1, "") and "'matplotlib' is missing" in done.stderr
    assert "help: `python -m pip install 'msdl[train]'` installs it" in done.stderr
    assert not (folder / "out.html").exists()


def test_help_loads_nothing_heavy() -> None:
    assert loaded("bench", "--help") & {*HEAVY} == set()
