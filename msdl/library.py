"""Where the grammar, the shipped specs and the pages on diagnostics lie."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    """A data folder: inside the installed package, or beside it in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


GRAMMAR = _folder("grammar") / "msd.lark"
TABLES = _folder("grammar") / "msd.tables.json"
SPECS = _folder("specs")
DIAGNOSTICS = _folder("docs") / "diagnostics.md"


def specs() -> dict[str, Path]:
    """The library's files by name, in alphabetical order."""
    return {path.stem: path for path in sorted(SPECS.glob("*.msd"))}
