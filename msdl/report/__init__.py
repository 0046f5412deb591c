"""Diagnostics -> text, for people and for machines: one file a format, listed in FORMATS."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msdl.diagnostics import Diagnostic, Severity
from msdl.report import github, human, json, sarif, short
from msdl.report.text import Format, Manner, brief, clean, grave

__all__ = ["FORMATS", "FOR_MACHINES", "brief", "clean", "grave", "render", "summary"]

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
    return ", ".join(f"{count} {word}{'s' * (count != 1)}" for word, count in counts if count)
