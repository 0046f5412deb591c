"""The report of a benchmark in a real browser: nothing is refused, nothing loaded, nothing wider than the screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from msdl.deployment.bench.report import page
from tests.deployment.bench.results import benchmark, engine

SCREENSHOTS = Path(__file__).parents[2] / "build" / "drawing"
OUTSIDE = """svgs => svgs.flatMap(svg => [...svg.querySelectorAll("text")].filter(text => {
    const [word, paper] = [text.getBoundingClientRect(), svg.getBoundingClientRect()];
    return word.left < paper.left - 1 || word.right > paper.right + 1
        || word.top < paper.top - 1 || word.bottom > paper.bottom + 1;
}).map(text => text.textContent))"""


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (1200, "dark"), (400, "light")])
def test_it_fits_the_screen_in_the_colours_of_the_page(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    path = tmp_path / "bench.html"
    path.write_text(page(benchmark(engine("onnx", 1.0), engine("torch", 5.0))), encoding="utf-8")
    screen = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    screen.on("console", lambda message: complaints.append(message.text))
    screen.on("request", lambda asked: complaints.append(asked.url))
    screen.goto(path.as_uri())
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    screen.screenshot(path=SCREENSHOTS / f"bench_{width}_{scheme}.png", full_page=True)
    assert screen.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert screen.eval_on_selector_all("figure > svg", OUTSIDE) == []
    paints = "svgs => svgs.flatMap(svg => [...svg.querySelectorAll('path')].map(path => getComputedStyle(path).stroke))"
    strokes = set(screen.eval_on_selector_all("figure > svg", paints))
    assert len(strokes) > 4 and "rgb(0, 0, 0)" not in strokes
    screen.close()
    assert [each for each in complaints if each not in ("data:,", path.as_uri())] == []
