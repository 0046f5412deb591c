"""The page of every diagnostic: what it means, a spec that fails, the spec mended, and why the network needs it.

The text is that of docs/diagnostics.md, a section a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from msdl import library

HEADING = re.compile(r"^## (MSD\d{3}): (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One section, in Markdown; `text` is what stands below its heading."""

    code: str
    title: str
    text: str

    @property
    def meaning(self) -> str:
        """What the diagnostic means: all that stands before the example."""
        return self.text.partition("\nFails:\n")[0].strip()

    @property
    def markdown(self) -> str:
        return f"## {self.code}: {self.title}\n\n{self.text}"


@cache
def pages() -> Mapping[str, Page]:
    """The pages by code, in the order of the document."""
    _, *sections = HEADING.split(library.DIAGNOSTICS.read_text(encoding="utf-8"))
    found = [Page(code, title, text.strip() + "\n") for code, title, text in zip(*[iter(sections)] * 3, strict=True)]
    return MappingProxyType({page.code: page for page in found})
