"""`msdl calibrate`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from msdl.cli.calibrate import CONFIDENCES
from msdl.runtime.confidence import CONFIDENCES as KNOWN
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import Exit, Run
from tests.cli.conftest import loaded

GOLDEN = Path(__file__).parent.parent / "golden" / "calibrate"

# Exit k prefers class 0 by pixel k over 25.
MODULE = """\
import torch
from torch import nn


class Network(nn.Module):
    INPUT = (1, 1, 3)
    EXITS = ("exit1", "exit2", "exit3")
    CLASSES = 2

    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.tensor(0.0))

    def section1(self, image):
        return self._next(self.scale * image[:, 0, 0])

    def section2(self, gaps):
        return self._next(gaps)

    def section3(self, gaps):
        return self._next(gaps)

    def _next(self, gaps):
        logits = torch.stack([gaps[:, 0], torch.zeros_like(gaps[:, 0])], -1)
        return logits, (gaps[:, 1:],)
"""


@dataclass(frozen=True)
class Pixels:
    """Images of one row."""

    rows: Tensor
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.rows[index].view(1, 1, 3), 0


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A trained network with 400 validation images, about all of which the last exit is right."""
    preprocessing = Preprocessing((1, 1, 3), (0.5,), (1 / 255,))
    exits = (Exit("exit1", 1_000_000, 10), Exit("exit2", 2_500_000, 30), Exit("exit3", 4_000_000, 50))
    run = Run(folder / "run", "tiny", "", {}, exits, ("yes", "no"), preprocessing, {"source": "rows"}, {}, {})
    run.folder.mkdir()
    run.write()
    run.path("network.py").write_text(MODULE)
    save_file({"scale": torch.tensor(1 / 25)}, run.path("weights.safetensors"))
    generator = torch.Generator().manual_seed(0)
    centres = torch.tensor([160.0, 190.0, 240.0])
    rows = (centres + 30 * torch.randn(400, 3, generator=generator)).clamp(0, 255).to(torch.uint8)
    give(monkeypatch, rows)
    return run


def give(monkeypatch: pytest.MonkeyPatch, rows: Tensor) -> None:
    """Makes these the validation images."""
    dataset = SimpleNamespace(source="rows", validation=Pixels(rows))
    monkeypatch.setattr("msdl.training.data.reopened", lambda run, source: dataset)


@pytest.mark.parametrize(
    "asked", ["--budget 2M", "--budget-ratio 0.9 --confidence margin", "--max-risk 0.05 --delta 0.05"]
)
def test_what_it_says(asked: str, run: Run, msdl, golden: Callable[[str, Path], None]) -> None:
    result = msdl("calibrate", "run", *asked.split())
    assert (result.code, result.err) == (0, "")
    golden(result.out, GOLDEN / f"{asked.split()[0].removeprefix('--')}.txt")


def test_the_policy_lies_in_the_run_and_does_what_was_said(run: Run, msdl) -> None:
    data = json.loads(msdl("calibrate", "run", "--budget", "2M", "--format", "json").out)
    policy = Policy.read(run.path("policy.json"))
    assert data["policy"] == str(Path("run") / "policy.json")
    assert data["asked"] == policy.about["asked"] == {"budget": 2_000_000}
    assert data["validation"]["macs"] == pytest.approx(2_000_000, rel=0.01)
    assert [exit["threshold"] for exit in data["exits"]] == [*policy.thresholds, None]
    assert sum(exit["share"] * exit["macs"] for exit in data["exits"]) == pytest.approx(data["validation"]["macs"])
    assert {"run", "network", "confidence", "expected"} <= data.keys()


@pytest.mark.parametrize("written", ["2M", "2m", "2.0M", "2000k", "2000K", "0.002G", "2000000", "2,000,000"])
def test_budgets_are_written_as_costs_are(written: str, run: Run, msdl) -> None:
    assert msdl("calibrate", "run", "--budget", written).code == 0
    assert Policy.read(run.path("policy.json")).about["asked"]["budget"] == pytest.approx(2_000_000)


def test_a_ratio_is_a_share_of_all_exits(run: Run, msdl) -> None:
    msdl("calibrate", "run", "--budget-ratio", "0.5")
    assert Policy.read(run.path("policy.json")).about["asked"]["budget"] == 2_000_000


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("--budget 999k", "999,000 MACs per image can't be reached: the nearest that can is 1,000,000 (0.2500 of all)"),
        ("--budget 1G", "the nearest that can is 4,000,000 (1.0000 of all)"),
        ("--budget-ratio 0.2", "the nearest that can is 1,000,000 (0.2500 of all)"),
    ],
)
def test_an_unreachable_budget_writes_nothing(asked: str, nearest: str, run: Run, msdl) -> None:
    result = msdl("calibrate", "run", *asked.split())
    assert result.code == 1 and nearest in result.err
    assert result.out == "" and not run.path("policy.json").exists()


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "--budget 2M --max-risk 0.1",
        "--budget 2M --budget-ratio 0.5",
        "--budget 2X",
        "--budget -2M",
        "--budget 2.M",
        "--max-risk 0",
        "--max-risk 1",
        "--max-risk 0.1 --delta 0",
        "--budget 2M --confidence sureness",
        "--budget 2M --delta 0.1",
        "--budget-ratio nan",
        "--budget-ratio 1.1",
        "--max-risk nan",
        "--budget 2M -o run/weights.safetensors",
    ],
)
def test_wrong_use(asked: str, run: Run, msdl) -> None:
    assert msdl("calibrate", "run", *asked.split()).code == 2
    assert not run.path("policy.json").exists()


def test_output_elsewhere(run: Run, msdl, folder: Path) -> None:
    assert msdl("calibrate", "run", "--budget", "2M", "-o", "cheap.json").code == 0
    printed = msdl("calibrate", "run", "--budget", "2M", "-o", "-").out
    assert printed == (folder / "cheap.json").read_text() and not run.path("policy.json").exists()


def test_temperatures_are_fitted_and_kept(run: Run, msdl) -> None:
    msdl("calibrate", "run", "--budget", "2M", "--temperature")
    assert len(Policy.read(run.path("policy.json")).temperatures) == 3


def test_the_images_that_certify_a_risk_are_not_those_that_temperatures_were_fitted_to(run: Run, msdl) -> None:
    msdl("calibrate", "run", "--max-risk", "0.05", "--temperature")
    assert Policy.read(run.path("policy.json")).about["certified"]["images"] == 200


def test_too_few_images_to_certify_are_said_so(run: Run, msdl) -> None:
    result = msdl("calibrate", "run", "--max-risk", "0.001")
    assert result.code == 0
    assert "no early exit: it takes at least 2,302 images, and there are 400" in result.out
    assert Policy.read(run.path("policy.json")).thresholds == (None, None)


def test_no_validation_images(run: Run, msdl, monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, torch.zeros(0, 3, dtype=torch.uint8))
    result = msdl("calibrate", "run", "--budget", "2M")
    assert (result.code, result.err) == (1, "Error: 'rows' has no validation images to calibrate with.\n")


def test_what_is_no_run(folder: Path, msdl) -> None:
    result = msdl("calibrate", "nowhere", "--budget", "2M")
    assert result.code == 1 and result.err.startswith("Error: 'nowhere' is not a run folder")


def test_a_run_that_is_not_trained_yet(run: Run, msdl) -> None:
    run.path("weights.safetensors").unlink()
    assert "has no weights.safetensors yet" in msdl("calibrate", "run", "--budget", "2M").err


def test_every_confidence_can_be_chosen() -> None:
    assert (*KNOWN,) == CONFIDENCES


def test_help_is_quick() -> None:
    assert not loaded("calibrate", "--help")
