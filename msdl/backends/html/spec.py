"""The spec's side of a page: where in its file things were written, and what there is to say about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from msdl.diagnostics import Diagnostic
from msdl.source import Source, Span


@dataclass(frozen=True, slots=True)
class Remark:
    """A diagnostic as the page shows it; `line` is None where its place lies in another file, or nowhere."""

    severity: str
    code: str
    message: str
    place: str
    line: int | None
    more: tuple[str, ...]


def remarks(diagnostics: Iterable[Diagnostic], source: Source) -> list[Remark]:
    return [_remark(diagnostic, source) for diagnostic in diagnostics]


def _remark(diagnostic: Diagnostic, source: Source) -> Remark:
    span = diagnostic.span
    more = (diagnostic.caption, *(f"note: {note}" for note in diagnostic.notes), diagnostic.help)
    return Remark(
        diagnostic.severity.value,
        diagnostic.code,
        diagnostic.message,
        place(span) if span else "",
        span.line if span and is_here(span, source) else None,
        tuple(filter(None, more)),
    )


def file_name(source: Source) -> str:
    """The name of a source without its folder: a page is sent around, and its bytes don't tell where it was made."""
    return PurePath(source.name).name.encode(errors="replace").decode()


def place(span: Span) -> str:
    """`net.msd:12`"""
    return f"{file_name(span.source)}:{span.line}"


def is_here(span: Span, source: Source) -> bool:
    """Whether a place lies in the file that the page shows."""
    return span.source.name == source.name


def lines(span: Span) -> tuple[int, int]:
    """The first and the last line of a place."""
    return span.line, span.source.position(max(span.start, span.end - 1))[0]
