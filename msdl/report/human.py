"""Diagnostics for a person: the sentence, the lines it is about with their carets, notes and help.

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

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from msdl.diagnostics import Diagnostic, Severity
from msdl.report.text import CUT, TAB, Manner, brief, clean
from msdl.source import Source, Span

# A longer source line is cut on both sides of the place it is about, a longer underline at its end.
WIDEST_LINE = 100

RED, YELLOW, BLUE, CYAN = "1;31", "1;33", "1;34", "1;36"
COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: CYAN}

Paint = Callable[[str, str], str]


def render(diagnostics: Sequence[Diagnostic], manner: Manner) -> str:
    paint = _painted if manner.color else _plain
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
    style = COLOURS[diagnostic.severity]
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
    remarks = [("note", note) for note in diagnostic.notes]
    if diagnostic.help:
        remarks.append(("help", diagnostic.help))
    if remarks and margin:
        yield f"{' ' * margin} {paint(BLUE, '|')}"
    for word, remark in remarks:
        first, *rest = remark.splitlines() or [""]
        yield f"{' ' * margin} {paint(BLUE, '=')} {paint('1', word)}: {brief(first)}"
        yield from (f"{' ' * (margin + len(word) + 5)}{brief(line)}".rstrip() for line in rest)
