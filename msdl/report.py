"""Diagnostics -> text: the one renderer, with one function a format in the table at the end.

error[MSD503]: Two paths don't divide 17 new feature maps.
  --> net.msd:12:16
   |
 7 |   growth 17
   |          -- 17 new feature maps per layer
...
12 |   layers depth dense(growth) {
   |                ^^^^^^^^^^^^^ 17 / 2 paths
   |
   = note: a remark
   = help: did you mean 18?
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from msdl.diagnostics import Diagnostic, Severity, has_errors
from msdl.source import Source, Span

FORMAT_VERSION = 1
# A longer source line is cut on both sides of the place it is about, a longer underline at its end.
WIDEST_LINE = 100
TAB = 4
CUT = "..."
LONGEST_TEXT = 1_000

RED, YELLOW, BLUE, CYAN = "1;31", "1;33", "1;34", "1;36"
COLORS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}

Paint = Callable[[str, str], str]


def render(diagnostics: Iterable[Diagnostic], format: str = "human", color: bool = False) -> str:
    """The diagnostics as text that ends with its line; `format` is a name of FORMATS."""
    return FORMATS[format](tuple(diagnostics), color)


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty where there is neither."""
    found = [d.severity for d in diagnostics]
    counts = ((severity.value, found.count(severity)) for severity in (Severity.ERROR, Severity.WARNING))
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for word, count in counts if count)


def clean(text: str) -> str:
    """The text with tabs as spaces and everything that would steer the terminal replaced."""
    return "".join(c if c.isprintable() else "�" for c in text.expandtabs(TAB))


def brief(text: str) -> str:
    """A cleaned message; a user's name in it may be a whole file long."""
    return clean(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT)


# Human ----------------------------------------------------------------------------------------------------


def _human(diagnostics: Sequence[Diagnostic], color: bool) -> str:
    paint = _painted if color else _plain
    return "\n".join("\n".join(_block(d, paint)) + "\n" for d in diagnostics)


def _painted(style: str, text: str) -> str:
    return f"\033[{style}m{text}\033[0m" if text else ""


def _plain(_: str, text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Mark:
    """An underlined place: `^` for what the diagnostic is about, `-` for what explains it."""

    span: Span
    message: str
    sign: str
    style: str

    @property
    def line(self) -> int:
        return self.span.line


def _block(diagnostic: Diagnostic, paint: Paint) -> Iterator[str]:
    style = COLORS[diagnostic.severity]
    yield paint(style, f"{diagnostic.severity.value}[{diagnostic.code}]") + f": {brief(diagnostic.message)}"
    marks = _marks(diagnostic, style)
    margin = max((len(str(mark.line)) for mark in marks), default=0)
    for source, group in _by_source(marks):
        yield from _snippet(source, group, margin, paint)
    yield from _remarks(diagnostic, margin, paint)


def _marks(diagnostic: Diagnostic, style: str) -> list[Mark]:
    labels = [Mark(label.span, label.message, "-", BLUE) for label in diagnostic.labels]
    if diagnostic.span is None:
        return labels
    return [Mark(diagnostic.span, diagnostic.caption, "^", style), *labels]


def _by_source(marks: Sequence[Mark]) -> Iterator[tuple[Source, list[Mark]]]:
    """The marks of every source, in the order in which the sources come up."""
    names = list(dict.fromkeys(mark.span.source.name for mark in marks))
    for name in names:
        group = [mark for mark in marks if mark.span.source.name == name]
        yield group[0].span.source, group


def _snippet(source: Source, marks: Sequence[Mark], margin: int, paint: Paint) -> Iterator[str]:
    line, column = source.position(marks[0].span.start)
    yield f"{' ' * margin}{paint(BLUE, '-->')} {brief(source.name)}:{line}:{column}"
    yield f"{' ' * margin} {paint(BLUE, '|')}"
    previous = None
    for number, group in groupby(sorted(marks, key=lambda m: m.line), key=lambda m: m.line):
        if previous is not None and number > previous + 1:
            yield paint(BLUE, CUT)
        yield from _lines(source, number, list(group), margin, paint)
        previous = number


def _lines(source: Source, number: int, marks: Sequence[Mark], margin: int, paint: Paint) -> Iterator[str]:
    """A source line and, under it, an underline for every mark, from left to right."""
    text = source.line(number)
    columns = [_columns(mark.span, number, text) for mark in marks]
    shift, shown = _clipped(clean(text), *columns[0])
    yield f"{paint(BLUE, f'{number:>{margin}} |')} {shown}".rstrip()
    for mark, (start, end) in sorted(zip(marks, columns, strict=True), key=lambda pair: pair[1]):
        before, under = shown[: max(start - shift, 0)], shown[max(start - shift, 0) : max(end - shift, 0)]
        underline = f"{mark.sign * max(_width(under), 1)} {brief(mark.message)}".rstrip()
        yield f"{' ' * margin} {paint(BLUE, '|')} {' ' * _width(before)}{paint(mark.style, underline)}"


def _columns(span: Span, number: int, text: str) -> tuple[int, int]:
    """Where the span starts and ends in the cleaned line, counted from 0; a longer span ends with its line."""
    _, column = span.source.position(span.start)
    start = min(column - 1, len(text))
    last, column = span.source.position(span.end)
    end = min(column - 1, len(text)) if last == number else len(text.rstrip())
    return len(text[:start].expandtabs(TAB)), len(text[: max(start, end)].expandtabs(TAB))


def _clipped(text: str, start: int, end: int) -> tuple[int, str]:
    """At most WIDEST_LINE characters of a line around a place, and by how much the place moved to the left."""
    if len(text) <= WIDEST_LINE:
        return 0, text
    middle = min((start + end) // 2, start + WIDEST_LINE // 2 - len(CUT))
    first = max(min(middle - WIDEST_LINE // 2, len(text) - WIDEST_LINE), 0)
    last = first + WIDEST_LINE
    left, right = (CUT if first else ""), (CUT if last < len(text) else "")
    return first, left + text[first + len(left) : last - len(right)] + right


def _width(text: str) -> int:
    """How many places of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _remarks(diagnostic: Diagnostic, margin: int, paint: Paint) -> Iterator[str]:
    remarks = [("note", note) for note in diagnostic.notes] + [("help", diagnostic.help)] * bool(diagnostic.help)
    if remarks and margin:
        yield f"{' ' * margin} {paint(BLUE, '|')}"
    for word, remark in remarks:
        first, *rest = remark.splitlines() or [""]
        yield f"{' ' * margin} {paint(BLUE, '=')} {paint('1', word)}: {brief(first)}"
        yield from (f"{' ' * (margin + len(word) + 5)}{brief(line)}".rstrip() for line in rest)


# Short ----------------------------------------------------------------------------------------------------


def _short(diagnostics: Sequence[Diagnostic], color: bool) -> str:
    return "".join(f"{_place(d.span)}{d.severity.value}[{d.code}]: {brief(d.message)}\n" for d in diagnostics)


def _place(span: Span | None) -> str:
    if span is None:
        return ""
    line, column = span.source.position(span.start)
    return f"{brief(span.source.name)}:{line}:{column}: "


# JSON -----------------------------------------------------------------------------------------------------


def _json(diagnostics: Sequence[Diagnostic], color: bool) -> str:
    report = {
        "format_version": FORMAT_VERSION,
        "valid": not has_errors(diagnostics),
        "diagnostics": [_data(diagnostic) for diagnostic in diagnostics],
    }
    return json.dumps(report, indent=2) + "\n"


def _data(diagnostic: Diagnostic) -> dict[str, Any]:
    """The caption is the first label, at the diagnostic's own place."""
    labels = [(label.span, label.message) for label in diagnostic.labels]
    if diagnostic.span is not None and diagnostic.caption:
        labels.insert(0, (diagnostic.span, diagnostic.caption))
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_span_data(diagnostic.span),
        "labels": [{"message": message, **_span_data(span)} for span, message in labels],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def _span_data(span: Span | None) -> dict[str, Any]:
    if span is None:
        return {"file": None, "start": None, "end": None}
    return {
        "file": span.source.name,
        "start": _position(span.source, span.start),
        "end": _position(span.source, span.end),
    }


def _position(source: Source, offset: int) -> dict[str, int]:
    line, column = source.position(offset)
    return {"line": line, "column": column, "offset": offset}


FORMATS: dict[str, Callable[[Sequence[Diagnostic], bool], str]] = {
    "human": _human,
    "short": _short,
    "json": _json,
}
