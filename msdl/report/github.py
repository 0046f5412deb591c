"""Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

::error file=net.msd,line=12,endLine=12,col=16,endColumn=29,title=MSD503::Two paths don't divide 17 new feature maps.
"""

from __future__ import annotations

from collections.abc import Sequence

from msdl.diagnostics import Diagnostic, Severity
from msdl.report.text import Manner, brief, path, place, told
from msdl.source import Span

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(diagnostics: Sequence[Diagnostic], _: Manner) -> str:
    return "".join(map(_command, diagnostics))


def _command(diagnostic: Diagnostic) -> str:
    """One line; GitHub has no room for a second place, so the labels stand in the message."""
    lines = [*told(diagnostic).splitlines(), *(f"{place(label.span)}: {label.message}" for label in diagnostic.labels)]
    properties: dict[str, str | int] = {}
    match diagnostic.span:
        case Span() as span if span.source.is_file:
            properties = _position(span)
        case Span() as span:
            lines[0] = f"{place(span)}: {lines[0]}"
        case None:
            pass
    properties["title"] = diagnostic.code
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = _data("\n".join(map(brief, lines)))
    return f"::{COMMANDS[diagnostic.severity]} {listed}::{text}\n"


def _position(span: Span) -> dict[str, str | int]:
    """GitHub takes columns only within one line."""
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    lines: dict[str, str | int] = {"file": path(span).as_posix(), "line": line, "endLine": end_line}
    return {**lines, "col": column, "endColumn": end_column} if line == end_line else lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
