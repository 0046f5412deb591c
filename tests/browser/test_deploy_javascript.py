"""The page that classifies in a browser answers as msdl does, and fetches no section before an image needs it.

It needs Chromium, and onnxruntime-web, which npm puts into build/javascript:

    mkdir -p build/javascript
    cp examples/deploy_javascript/package.json build/javascript
    npm install --prefix build/javascript

.ci/run does so where npm is there.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.examples.exports import CASES, Case, Export, agree

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "examples" / "deploy_javascript"
PACKAGES = ROOT / "build" / "javascript" / "node_modules"

pytestmark = pytest.mark.skipif(
    not (PACKAGES / "onnxruntime-web").is_dir(), reason=f"no onnxruntime-web lies in {PACKAGES}"
)


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class Site:
    """The page beside an export, served on this machine."""

    def __init__(self, folder: Path, channels: int) -> None:
        self.folder = folder / "site"
        shutil.copytree(PAGE, self.folder)
        (self.folder / "node_modules").symlink_to(PACKAGES)
        self.export = Export(folder, channels)
        (self.folder / "export").symlink_to(self.export.folder)
        self.pictures = self.export.write_pictures(folder, ".png")
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(self.folder)))
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.address = f"http://127.0.0.1:{self.server.server_port}/index.html"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


CHANNELS = {"grey": 1, "colour": 3}
in_colour = pytest.mark.parametrize("site", ["colour"], indirect=True)


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    pytest.importorskip("onnx")
    made = Site(tmp_path_factory.mktemp("javascript"), CHANNELS[request.param])
    yield made
    made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    shown = browser.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    yield shown
    shown.close()
    assert complaints == []


def classified(page: Page, picture: Path) -> list[dict[str, Any]]:
    """What the page says of a picture, exit by exit."""
    page.locator("#answers").evaluate("rows => rows.replaceChildren()")
    page.locator("#file").set_input_files(picture)
    expect(page.locator("#answers tr.stops")).to_be_visible(timeout=30_000)
    expect(page.locator("#file")).to_be_enabled()
    cells = [row.split("\t") for row in page.locator("#answers tr").all_inner_texts()]
    return [{"exit": exit, "class": name, "confidence": float(sure[:-2]) / 100} for exit, name, sure, _ in cells]


@pytest.mark.slow
@pytest.mark.parametrize(("site", "case"), [("grey", Case()), *product(["colour"], CASES)], indirect=["site"], ids=str)
def test_it_answers_as_msdl_does(site: Site, page: Page, case: Case) -> None:
    policy = site.export.policy(case)
    site.export.under(policy)
    page.goto(site.address)
    said = [classified(page, picture) for picture in site.pictures]
    assert agree([answers[-1] for answers in said], site.export.answers(policy))
    for answers in said:
        assert [answer["exit"] for answer in answers] == [*policy.exits[: len(answers)]]


@in_colour
@pytest.mark.slow
def test_a_section_is_fetched_when_an_image_needs_it(site: Site, page: Page) -> None:
    policy = site.export.policy(Case())
    site.export.under(policy)
    exits = [policy.exits.index(answer["exit"]) for answer in site.export.answers(policy)]
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(Path(request.url).name))
    page.goto(site.address)
    for exit, _ in enumerate(policy.exits):
        classified(page, site.pictures[exits.index(exit)])
        sections = [name for name in fetched if name.endswith(".onnx")]
        assert sections == [f"section{number}.onnx" for number in range(1, exit + 2)]


def never_trained(export: Export) -> None:
    export.manifest.write()


def another_target(export: Export) -> None:
    export.under(None)
    manifest = export.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"target": "onnx"', '"target": "pt2"'))


@in_colour
@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "said"),
    [(never_trained, "a network that was never trained"), (another_target, "is no ONNX export")],
    ids=["never_trained", "another_target"],
)
def test_networks_that_it_refuses(site: Site, page: Page, spoil: Callable[[Export], None], said: str) -> None:
    spoil(site.export)
    page.goto(site.address)
    expect(page.locator("#error")).to_contain_text(said)
    expect(page.locator("#file")).to_be_disabled()


@in_colour
@pytest.mark.slow
def test_a_section_that_is_another_file_is_refused(site: Site, page: Page) -> None:
    site.export.under(None)
    page.route("**/section2.onnx", lambda route: route.fulfill(body=b"onnx"))
    page.goto(site.address)
    page.locator("#file").set_input_files(site.pictures[0])
    expect(page.locator("#error")).to_contain_text("'section2.onnx' is not the file that manifest.json describes")
    page.unroute("**/section2.onnx")
    assert classified(page, site.pictures[1])[-1]["exit"] == site.export.manifest.exits[-1].name
