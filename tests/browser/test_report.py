"""The report of an evaluation in a real browser: nothing is refused, nothing loaded, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from msdl.training.evaluation import evaluate
from msdl.training.evaluation.ensemble import ensemble
from msdl.training.evaluation.subject import subjects
from msdl.training.report import page
from tests.training.runs import made

SCREENSHOTS = Path(__file__).parents[2] / "build" / "drawing"
DESKTOP, PHONE = {"width": 1200, "height": 900}, {"width": 375, "height": 800}


@pytest.fixture(scope="module")
def reports(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of one run, and that of two."""
    folder = tmp_path_factory.mktemp("reports")
    judged = subjects([made(folder / "wide", seed=1, width=6), made(folder / "a_run_with_a_rather_long_name")])
    together = ensemble(judged)
    assert together is not None
    one, two, both = evaluate([*judged, together])
    pages = {"one": page([one]), "several": page([one, two], both)}
    for name, text in pages.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in pages}


@pytest.fixture(params=[("one", "desktop"), ("one", "phone"), ("several", "dark"), ("several", "phone")], ids="-".join)
def shown(request: pytest.FixtureRequest, browser: Browser, reports: dict[str, Path]) -> Iterator[Page]:
    name, size = request.param
    screen = browser.new_page(
        viewport=PHONE if size == "phone" else DESKTOP, color_scheme="dark" if size == "dark" else "light"
    )
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text))
    screen.on("pageerror", lambda error: complaints.append(str(error)))
    address = reports[name].as_uri()
    screen.on(
        "request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(("data:", address)) else None
    )
    screen.goto(address)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    screen.screenshot(path=SCREENSHOTS / f"report_{name}_{size}.png", full_page=True)
    yield screen
    screen.close()
    assert complaints == []


def test_it_fits_the_screen_and_shows_its_pictures(shown: Page) -> None:
    width, screen = shown.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width <= screen
    assert shown.evaluate(
        "[...document.images].length > 0 && [...document.images].every(image => image.naturalWidth === 8)"
    )
    outside = """svgs => svgs.flatMap(svg => [...svg.querySelectorAll("text")].filter(text => {
        const [word, paper] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
        return word.left < paper.left - 1 || word.right > paper.right + 1
            || word.top < paper.top - 1 || word.bottom > paper.bottom + 1;
    }).map(text => text.textContent))"""
    assert shown.eval_on_selector_all("figure > svg", outside) == []


def test_colours_are_those_of_the_page(shown: Page) -> None:
    """A plot's colours are custom properties: one that the page lacks would be drawn black."""
    paints = "svgs => svgs.flatMap(svg => [...svg.querySelectorAll('path')].map(path => getComputedStyle(path).stroke))"
    strokes = set(shown.eval_on_selector_all("figure > svg", paints))
    assert len(strokes) > 4 and "rgb(0, 0, 0)" not in strokes
