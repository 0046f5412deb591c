"""Diagnostics as SARIF 2.1.0, which code hosts and editors read: one run, however many files were checked.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from msdl.diagnostics import Diagnostic, Label
from msdl.explanations import pages
from msdl.report.text import Manner, path, told
from msdl.source import Span
from msdl.version import VERSION

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Whoever reads the report knows where the files lie; a report that doesn't say is the same on every machine.
ROOT = "%SRCROOT%"


def render(diagnostics: Sequence[Diagnostic], _: Manner) -> str:
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    driver = {"name": "msdl", "version": VERSION, "rules": [_rule(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "results": [_result(diagnostic, codes) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    """What a code means, from its page."""
    page = pages().get(code)
    if page is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": page.title},
        "fullDescription": {"text": page.meaning},
        "help": {"text": page.text, "markdown": page.text},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": diagnostic.severity.value,
        "message": _message(told(diagnostic)),
    }
    if diagnostic.span is not None:
        result["locations"] = [{"physicalLocation": _location(diagnostic.span)}]
    if diagnostic.labels:
        result["relatedLocations"] = [_related(label) for label in diagnostic.labels]
    return result


def _related(label: Label) -> dict[str, Any]:
    return {"physicalLocation": _location(label.span), "message": _message(label.message)}


def _message(text: str) -> dict[str, str]:
    """A single brace would start a placeholder (section 3.11.5)."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _location(span: Span) -> dict[str, Any]:
    line, column = span.source.position(span.start)
    end_line, end_column = span.source.position(span.end)
    region = {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}
    return {"artifactLocation": _artifact(span), "region": region}


def _artifact(span: Span) -> dict[str, str]:
    """A file below the working folder by its relative path; what is no file has its name alone."""
    if not span.source.is_file:
        return {"uri": quote(span.source.name, safe="")}
    file = path(span)
    if file.is_absolute():
        return {"uri": file.as_uri()}
    return {"uri": quote(file.as_posix(), errors="surrogateescape"), "uriBaseId": ROOT}
