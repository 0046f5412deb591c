"""The documentation builds as a site without a warning, its links lead somewhere, and its specs are in colour."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


class Page(HTMLParser):
    """What a page refers to, and the anchors it has."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        for name, value in attributes:
            if name in ("href", "src"):
                self.links.append(value or "")
            elif name == "id":
                self.anchors.add(value or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for needed in ("sphinx", "myst_parser", "furo"):
        pytest.importorskip(needed)
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-d",
        folder / "doctrees",
        DOCS,
        folder / "html",
    ]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder / "html"


def broken(path: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """A page's links into the site that lead nowhere."""
    for link in pages[path].links:
        parts = urlsplit(link)
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        page = pages.get(target)
        if not parts.scheme and not (target.exists() and (page is None or parts.fragment in {"", *page.anchors})):
            yield link


def test_links_lead_somewhere(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert [(path.name, link) for path in pages for link in broken(path, pages)] == []


def test_every_page_of_the_folder_is_on_the_site(site: Path) -> None:
    written = {path.relative_to(DOCS).with_suffix("") for path in DOCS.rglob("*.md")} - {Path("README")}
    assert written <= {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")}


def test_specs_are_in_colour(site: Path) -> None:
    text = (site / "language.html").read_text(encoding="utf-8")
    assert '<div class="highlight-msd notranslate">' in text
    assert '<span class="kd">network</span><span class="w"> </span><span class="nc">small</span>' in text


def test_the_library_is_complete() -> None:
    page = (DOCS / "library.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted((ROOT / "specs").glob("*.msd")) if f"../specs/{path.name}\n" not in page] == []
