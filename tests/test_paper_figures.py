"""The paper's comparison on digits: its networks cost the same, and its page shows what was found."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import torch

from msdl.compilation import Compilation
from msdl.runtime.policy import Policy
from msdl.training.scores import Scores
from tests.conftest import Golden

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE, DOCS = ROOT / "examples/paper_figures", ROOT / "docs"
sys.path.insert(0, str(EXAMPLE))  # as it is for `python examples/paper_figures/run.py`
try:
    import draw
    import judge
    import networks
    import summary
    import tables
finally:
    sys.path.remove(str(EXAMPLE))

PAGE = DOCS / "paper_figures.md"
SVG = "{http://www.w3.org/2000/svg}"
SINGLE = {"without_exits", "resnet", "densenet"}


@pytest.fixture(scope="module")
def found() -> Any:
    return json.loads((EXAMPLE / "results.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("network", networks.NETWORKS)
def test_the_networks_cost_the_same(network: str) -> None:
    compilation = Compilation.of(networks.spec(network))
    assert not compilation.diagnostics
    *early, last = (exit.macs.lazy for exit in compilation.costs.exits)
    assert last == pytest.approx(Compilation.of(networks.MSDNET).costs.exits[-1].macs.lazy, rel=0.05)
    assert len(early) == (0 if network in SINGLE else 4)
    assert all(macs <= judge.SHARED[0] for macs in early[:1])


def run(network: str, seed: int, accuracies: list[float]) -> dict[str, Any]:
    """A network whose exits cost 1, 2, .. million MACs, and whose budgets do what they ask for."""
    points = [{"macs": 1e6 * number, "accuracy": share} for number, share in enumerate(accuracies, start=1)]
    budgets = [{"asked": point["macs"], "realised": point["macs"], "accuracy": point["accuracy"]} for point in points]
    several = [] if network in SINGLE else budgets
    return {"network": network, "seed": seed, "exits": points, "budgets": several, "shared": several}


@pytest.fixture
def fake() -> dict[str, Any]:
    """Three seeds of every network: right about 92, 94 and 96 % at the first exit, and about 2 % more at the second."""
    runs = [
        run(network, seed, [share] if network in SINGLE else [share, share + 0.02])
        for network in networks.NETWORKS
        for seed, share in enumerate((0.92, 0.94, 0.96))
    ]
    budget = {"asked": 100.0, "realised": 110.0, "error_test": 4.0, "error_validation": 4.0}
    half = {"asked": 50.0, "realised": 51.0, "accuracy": 0.97, "full": 100.0, "last": 0.98}
    risk = {"eps": 0.01, "broken_rest": 2, "broken_pool": 1, "macs": 0.25}
    again = {"asked": 100.0, "deviation": 0.012, "alone": 80, "together": 95}
    check = {"half": half, "budgets": [budget], "redrawn": [again], "risks": [risk]}
    checks = [{"seed": seed, **check} for seed in range(3)]
    return {"runs": runs, "checks": checks}


def test_seeds_become_a_point(fake: dict[str, Any]) -> None:
    first, second = summary.exits(fake, networks.MSDNET)
    assert (first.macs, first.low, first.high) == (1e6, 92, 96)
    assert first.mean == pytest.approx(94)
    assert second.accuracies == pytest.approx((94, 96, 98))
    assert summary.budgets(fake, "resnet") == []


@pytest.mark.parametrize(
    ("name", "shown"), [("anytime", draw.RIVALS), ("budgeted", draw.RIVALS), ("ablations", draw.ABLATIONS)]
)
def test_figures_name_their_networks(name: str, shown: dict[str, int], fake: dict[str, Any]) -> None:
    words = [element.text for element in ElementTree.fromstring(draw.FIGURES[name](fake)).iter(f"{SVG}text")]
    for network in shown:
        label = networks.NETWORKS[network]
        assert (f"({label})" if network in SINGLE else label) in words


def test_tables_show_mean_and_spread(fake: dict[str, Any]) -> None:
    assert "| 1.00: 94.0 (92.0 to 96.0) |" in tables.by_exit(fake)
    assert "| 96.0 (94.0 to 98.0) |" in tables.by_last_exit(fake)
    assert "| +2.00, +2.00, +2.00 |" in re.sub(" +", " ", tables.by_last_exit(fake))
    assert "| 51.00 | 98.00 | 97.00 | 1.00 |" in re.sub(" +", " ", tables.half(fake))
    assert "| +10.0 ± 4.0 * | +10.0 ± 4.0 * | +10.0 ± 4.0 * |" in tables.ten_budgets(fake)
    assert "| +1.2: 80, 95 | +1.2: 80, 95 | +1.2: 80, 95 |" in tables.redrawn(fake)
    assert "| 2, 2, 2 | 1, 1, 1 | 25.0, 25.0, 25.0 |" in re.sub(" +", " ", tables.risks(fake))


@pytest.mark.parametrize(
    ("realised", "error", "alone", "together"),
    [
        (105, 1, True, True),  # within 5 %
        (95, 1, True, True),
        (106, 3, True, True),  # within two standard errors
        (107, 3, False, True),  # of the test images' and the validation images' alone
        (109, 3, False, False),
        (91, 3, False, False),
    ],
)
def test_a_budget_holds(realised: float, error: float, alone: bool, together: bool) -> None:
    budget = {"asked": 100.0, "realised": realised, "error_test": error, "error_validation": error}
    assert judge.holds(budget, judge.ALONE) is alone
    assert judge.holds(budget, judge.TOGETHER) is together


def judged(early_right: float) -> judge.Judged:
    """Two exits: the last is always right, the first, as sure as it is, about a share of the images."""
    labels = torch.zeros(500, dtype=torch.long)
    early, last = torch.zeros(500, 2), torch.tensor([4.0, 0.0]).repeat(500, 1)
    early[torch.arange(500), (torch.arange(500) >= 500 * early_right).long()] = 4.0
    scores = Scores(torch.stack([early, last]), labels)
    return judge.Judged(("exit1", "exit2"), (10, 100), scores, scores)


@pytest.mark.parametrize(("early_right", "spent"), [(1.0, 0.1), (0.5, 1.0)])
def test_images_stop_early_where_that_is_right(early_right: float, spent: float) -> None:
    risk = judge.risks(judged(early_right), eps=0.05, splits=5)
    assert (risk["broken_rest"], risk["broken_pool"]) == (0, 0)
    assert risk["macs"] == pytest.approx(spent)


def test_budgets_hold_where_new_images_are_like_the_old() -> None:
    (budget,) = judge.held(judged(1.0), [100], splits=5)
    assert budget == {"asked": 100, "deviation": 0, "alone": 5, "together": 5}


def test_a_broken_bound_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all images stop at once, although half of them are answered wrongly there."""
    careless = Policy(("exit1", "exit2"), (0.0,))
    monkeypatch.setattr(judge, "risk_policy", lambda *_: careless)
    risk = judge.risks(judged(0.5), eps=0.05, splits=5)
    assert (risk["broken_rest"], risk["broken_pool"], risk["macs"]) == (5, 5, pytest.approx(0.1))


@pytest.mark.parametrize("name", tables.TABLES)
def test_the_page_has_the_tables_of_the_results(name: str, found: Any) -> None:
    assert tables.TABLES[name](found) in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", draw.FIGURES)
def test_the_page_has_the_figures_of_the_results(name: str, found: Any, golden: Golden) -> None:
    golden(draw.FIGURES[name](found), DOCS / "paper_figures" / f"{name}.svg")
    assert f"](paper_figures/{name}.svg)" in PAGE.read_text(encoding="utf-8")
