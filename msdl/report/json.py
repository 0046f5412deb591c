"""Diagnostics as JSON: everything they hold, every place as line, column and offset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msdl.diagnostics import Diagnostic, fails
from msdl.report.text import Manner
from msdl.source import Source, Span

FORMAT_VERSION = 1


def render(diagnostics: Sequence[Diagnostic], manner: Manner) -> str:
    report = {
        "format_version": FORMAT_VERSION,
        "valid": not fails(diagnostics, manner.strict),
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
        **span_data(diagnostic.span),
        "labels": [{"message": message, **span_data(span)} for span, message in labels],
        "notes": list(diagnostic.notes),
        "help": diagnostic.help,
    }


def span_data(span: Span | None) -> dict[str, Any]:
    """Where a span starts and ends, as every report in JSON has it."""
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
