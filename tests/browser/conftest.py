"""What the tests in a browser share: a Chromium, and pages opened in it that may neither complain nor load anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from msdl import Compilation
from msdl.backends.dot import dot
from msdl.backends.html import page
from msdl.drawing.draw import PLAIN, draw
from msdl.drawing.ops import draw_ops
from msdl.drawing.picture import View
from msdl.drawing.render import render

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = "no Chromium is found (`apt-get install chromium`)"

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium of the system: Playwright's own would have to be downloaded."""
    if CHROMIUM is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        # In a container Chromium's sandbox can't be set up by root; the pages are ours.
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """`opened(compilation, view, ..)`: its page, seen on a screen of 1440 x 900 unless told otherwise.

    In the end no page may have written to the console, failed, asked anything of the user, or loaded another file.
    """
    complaints: list[str] = []
    pages: list[Page] = []

    def load(compilation: Compilation, view: View = PLAIN, **screen: object) -> Page:
        graph = compilation.network if compilation.valid else compilation.graph
        assert graph is not None
        schedule = compilation.schedule if compilation.valid else None
        picture = (draw_ops if view.detail == "ops" else draw)(graph, view, schedule, compilation.diagnostics)
        path = tmp_path / f"page{len(pages)}.html"
        path.write_text(page(compilation, picture, render(dot(picture), "svg").decode()), encoding="utf-8")
        shown = browser.new_page(**{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | screen)
        pages.append(shown)
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        shown.on("request", lambda request: complaints.append(request.url) if request.url != path.as_uri() else None)
        shown.goto(path.as_uri())
        return shown

    yield load
    for shown in pages:
        shown.close()
    assert [each for each in complaints if each != "data:,"] == []
