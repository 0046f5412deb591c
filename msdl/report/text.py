"""What the formats have in common: the manner of a report, and text that is safe to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from msdl.diagnostics import Diagnostic
from msdl.source import Span

TAB = 4
CUT = "..."
LONGEST_TEXT = 1_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How a report is given: in colour or not, and whether a warning is as grave as an error."""

    color: bool = False
    strict: bool = False


Format = Callable[[Sequence[Diagnostic], Manner], str]


# Many diagnostics may stand on one line, and a line may be a whole file long.
@lru_cache(maxsize=8)
def clean(text: str) -> str:
    """The text with tabs as spaces and everything that would steer the terminal replaced."""
    return "".join(c if c.isprintable() else "�" for c in text.expandtabs(TAB))


def brief(text: str) -> str:
    """A cleaned message; a user's name in it may be a whole file long."""
    return clean(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT)


def place(span: Span) -> str:
    """`net.msd:12:16`"""
    line, column = span.source.position(span.start)
    return f"{brief(span.source.name)}:{line}:{column}"


def told(diagnostic: Diagnostic) -> str:
    """All that a diagnostic says of its own place, a line each; the first is the sentence that sums it up."""
    notes = [f"note: {note}" for note in diagnostic.notes]
    help = f"help: {diagnostic.help}" if diagnostic.help else ""
    return "\n".join(filter(None, [diagnostic.message, diagnostic.caption, *notes, help]))


def path(span: Span) -> Path:
    """The file of a place, from the working folder if it lies below that."""
    file = Path(span.source.name)
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
