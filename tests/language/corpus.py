"""Every spec of the repository: the library, the bad specs, the documentation's examples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```msd[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def corpus() -> Iterator[tuple[str, str]]:
    """Names and texts; an example may be a part of a network."""
    for folder in ("specs", "tests/errors", "tests/backends/golden"):
        for path in sorted((ROOT / folder).glob("*.msd")):
            yield path.name, path.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = page.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            yield f"{page.name}:{text.count(chr(10), 0, match.start()) + 1}", match[1]
