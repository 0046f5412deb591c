from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from msdl.training.evaluation import evaluate
from msdl.training.evaluation.ensemble import ensemble
from msdl.training.evaluation.results import Evaluation
from msdl.training.evaluation.subject import subjects
from msdl.training.report import ms, page, surely
from tests.training.runs import made


@pytest.fixture(scope="module")
def evaluations(tmp_path_factory: pytest.TempPathFactory) -> list[Evaluation]:
    """Two runs, the ensemble of them, and one with a single exit."""
    folder = tmp_path_factory.mktemp("runs")
    judged = subjects(
        [made(folder / "a & b", seed=1), made(folder / "narrow", width=3), made(folder / "single", depth=1)]
    )
    together = ensemble(judged[:2])
    assert together is not None
    return list(evaluate([*judged, together], budgets=20))


@pytest.fixture(scope="module")
def single(evaluations: list[Evaluation]) -> str:
    return page(evaluations[:1])


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_the_page_needs_nothing_and_allows_nothing_else(single: str) -> None:
    elements = Elements(single)
    style = single[single.index("<style>") + 7 : single.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = elements.of("meta")[1]["content"]
    assert (
        policy == f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"https?://|url\((?!#)|@import", single)
    assert elements.of("script") == [] and not [tag for tag, attributes in elements.found if "style" in attributes]
    assert len(single) < 500_000


def test_no_id_occurs_twice(evaluations: list[Evaluation]) -> None:
    for text in (page(evaluations[:1]), page(evaluations[:3], evaluations[3])):
        ids = [attributes["id"] for _, attributes in Elements(text).found if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_the_same_evaluation_gives_the_same_page(evaluations: list[Evaluation], single: str) -> None:
    assert page(evaluations[:1]) == single


def test_everything_is_in_it(evaluations: list[Evaluation], single: str) -> None:
    found = evaluations[0]
    for title in ("Accuracy against cost", "Exits", "Budgets", "Calibration", "Spec", "How it was made"):
        assert f"<h2>{title}</h2>" in single
    assert "<h1>a &amp; b</h1>" in single
    assert len(Elements(single).of("tr")) == 1 + len(found.exits) + 1 + len(found.budgets)
    assert f"{100 * found.last.accuracy:.1f} %" in single
    assert found.subject.run is not None and found.subject.run.digest in single


def test_pictures_and_plots_say_what_they_show(single: str) -> None:
    elements = Elements(single)
    assert elements.of("img") and all(image["alt"] for image in elements.of("img"))
    plots = [svg for svg in elements.of("svg") if not svg.get("aria-hidden")]
    assert len(plots) == 2 + 2 + 3 and all(svg["role"] == "img" and svg["aria-label"] for svg in plots)


def test_every_curve_has_a_point_for_each_budget(single: str) -> None:
    first = single[single.index("<svg viewbox" if "<svg viewbox" in single else "<svg viewBox") :].split("</svg>")[0]
    dots = re.findall(r'<use href="#macs-\w+" x="([\d.]+)"', first)
    assert len(dots) >= 20


def test_several_runs_lie_on_one_another_with_their_ensemble(evaluations: list[Evaluation]) -> None:
    several = page(evaluations[:2], evaluations[3])
    first = several.split("<figure>")[1].split("</figure>")[0]
    for name in ("a &amp; b", "narrow", "ensemble"):
        assert f">{name}</text>" in first
    assert "ensemble up to a &amp; b" in several or "ensemble up to narrow" in several


def test_a_network_with_one_exit_has_no_budgets(evaluations: list[Evaluation]) -> None:
    text = page(evaluations[2:3])
    assert "The network has one exit." in text and "<h2>Budgets</h2>" not in text


def test_a_run_without_its_spec_is_reported(evaluations: list[Evaluation], tmp_path: Path) -> None:
    run = made(tmp_path / "bare")
    (run / "spec.msd").unlink()
    assert "<h2>Spec</h2>" not in page(evaluate(subjects([run]), budgets=3))


@pytest.mark.parametrize(("value", "shown"), [(0.01234, "0.0123"), (1.2, "1.20"), (123.4, "123"), (10.0, "10.0")])
def test_times_have_three_digits(value: float, shown: str) -> None:
    assert ms(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.874, "87 %"), (0.9993, "99.93 %"), (0.99999, "> 99.99 %"), (1.0, "> 99.99 %")]
)
def test_confidences_near_certainty_are_told_apart(value: float, shown: str) -> None:
    assert surely(value) == shown
