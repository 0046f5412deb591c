"""`msdl show`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent.parent / "golden" / "show"
STAGES = ["document", "spec", "graph", "schedule"]


@pytest.mark.parametrize("format", ["human", "json"])
@pytest.mark.parametrize("stage", STAGES)
def test_stages(stage: str, format: str, msdl, golden: Callable[[str, Path], None]) -> None:
    result = msdl("show", "tiny.msd", "--stage", stage, "--format", format)
    assert (result.code, result.err) == (0, "")
    golden(result.out, GOLDEN / f"{stage}.{format}.txt")


def test_the_contract_of_the_schedule(msdl) -> None:
    data = json.loads(msdl("show", "tiny.msd", "--stage", "schedule", "--format", "json").out)
    assert [section["exit"] for section in data["sections"]] == ["exit1", "exit2"]
    assert all(section.keys() == {"exit", "nodes", "state"} for section in data["sections"])
    nodes = [id for section in data["sections"] for id in section["nodes"]]
    assert len(nodes) == len(set(nodes))
    assert data["sections"][-1]["state"] == []


@pytest.mark.parametrize(
    ("stage", "line"), [("graph", "one: 4 nodes, 1 exit"), ("schedule", "exit1 (layer 0, scale 1): 3 nodes")]
)
def test_counts(stage: str, line: str, msdl) -> None:
    spec = b"network one { input 3 x 8 x 8; stem conv3x3(4); exit at end: gap linear(2) }"
    assert msdl("show", "-", "--stage", stage, stdin=spec).out.startswith(f"{line}\n")


def test_a_stage_before_the_mistake_is_shown(folder: Path, msdl) -> None:
    (folder / "bad.msd").write_text((folder / "tiny.msd").read_text().replace("2, depth:", "2, 9:"))
    for stage in STAGES:
        result = msdl("show", "bad.msd", "--stage", stage)
        assert result.code == 1
        assert "error[MSD" in result.err
        assert bool(result.out) is (stage != "schedule")
