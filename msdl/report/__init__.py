"""Diagnostics -> text, for people and for machines: one file a format, listed in FORMATS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msdl.diagnostics import Diagnostic, Severity
from msdl.language.numbers import counted
from msdl.report import github, human, json, sarif, short
from msdl.report.json import span_data
from msdl.report.text import Format, Manner, brief, clean

__all__ = ["FORMATS", "FOR_MACHINES", "brief", "clean", "render", "span_data", "summary"]

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "human": human.render,
        "short": short.render,
        "json": json.render,
        "sarif": sarif.render,
        "github": github.render,
    }
)
# A report in one of these is a result of its own rather than a remark on the way to one.
FOR_MACHINES = ("json", "sarif", "github")


def render(diagnostics: Iterable[Diagnostic], format: str = "human", color: bool = False, strict: bool = False) -> str:
    """The diagnostics as text that ends with its line; `format` is a name of FORMATS."""
    return FORMATS[format](tuple(diagnostics), Manner(color, strict))


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty where there is neither."""
    found = [d.severity for d in diagnostics]
    counts = ((severity.value, found.count(severity)) for severity in (Severity.ERROR, Severity.WARNING))
    return ", ".join(counted(count, word) for word, count in counts if count)
