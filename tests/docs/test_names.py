"""The files, names and links that the documentation mentions exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FOLDERS = ("msdl", "grammar", "specs", "tests", "benchmarks", "docs", "examples")

CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]*")
NAME = re.compile(r"msdl(?:\.\w+)+")
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]*)?\)")


def mentions(page: Path, pattern: re.Pattern[str]) -> list[str]:
    """What a page has in backticks, where all of it matches."""
    return [code for code in CODE.findall(page.read_text(encoding="utf-8")) if pattern.fullmatch(code)]


def resolved(name: str) -> object:
    """The module, or the class, function or constant of one, that a dotted name stands for."""
    module, _, attribute = name.rpartition(".")
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return getattr(import_module(module), attribute)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_exist(page: Path) -> None:
    assert [file for file in mentions(page, FILE) if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_exist(page: Path) -> None:
    for name in mentions(page, NAME):
        resolved(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        linked = page.parent / target
        assert linked.exists(), target
        assert not anchor or anchor[1:] in anchors(linked), f"{target}{anchor}"
    for anchor in re.findall(r"\]\(#([^)\s]+)\)", page.read_text(encoding="utf-8")):
        assert anchor in anchors(page), anchor
