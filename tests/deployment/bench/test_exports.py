"""Benchmarks of exports, which keep the times of their sections."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from msdl.deployment.bench import Plan, bench
from msdl.deployment.export import export
from msdl.runtime.manifest import TIMES
from msdl.runtime.opened import opened
from msdl.runtime.times import Times
from msdl.runtime.trained import Trained, trained
from tests.deployment.networks import BUDGET, with_policy
from tests.runtime.folders import SPEC

PLAN = Plan(batches=(1, 4), images=12, runs=2, mixes=("all-first",))


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    (tmp_path / "small.msd").write_text(SPEC)
    export(trained(tmp_path / "small.msd"), tmp_path / "export")
    return tmp_path / "export"


def test_the_times_of_its_sections_are_kept(exported: Path) -> None:
    found = bench(str(exported), PLAN)
    assert (found.kind, found.engines[0].engine, found.notes) == ("export", "onnx", ())
    times = Times.read(exported / TIMES)
    assert (times.engine, times.threads, times.batches) == ("onnx", found.threads, (1, 4))
    assert opened(exported).times == times


def test_times_that_can_t_be_read_are_measured_anew(exported: Path) -> None:
    (exported / TIMES).write_text("cut sho")
    bench(str(exported), PLAN)
    assert Times.read(exported / TIMES).batches == (1, 4)


def test_where_they_can_t_be_kept_the_rest_is_told(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Times, "write", refused)
    found = bench(str(exported), PLAN)
    assert found.engines[0].mixes and not (exported / TIMES).exists()
    assert found.notes[0].endswith("can't be written: Read-only file system.")


def test_pictures_show_what_its_policy_does(run: Trained, tmp_path: Path) -> None:
    assert run.run is not None
    with_policy(run.run, BUDGET)
    export(run, tmp_path / "export")
    without = bench(str(tmp_path / "export"), replace(PLAN, mixes=None))
    assert without.notes == ("Its own mix is left out: it takes real images, which --data names.",)
    found = bench(str(tmp_path / "export"), replace(PLAN, mixes=("own",), data="digits"))
    assert found.images == "test images of 'digits'"
    assert [(mix.mix, mix.forced) for mix in found.engines[0].mixes] == [("all-last", True), ("own", False)]
