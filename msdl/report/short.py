"""Diagnostics at a line each, as editors and `grep` like them.

net.msd:12:16: error[MSD503]: Two paths don't divide 17 new feature maps.
"""

from __future__ import annotations

from collections.abc import Sequence

from msdl.diagnostics import Diagnostic
from msdl.report.text import Manner, brief, place


def render(diagnostics: Sequence[Diagnostic], _: Manner) -> str:
    return "".join(map(_line, diagnostics))


def _line(diagnostic: Diagnostic) -> str:
    where = f"{place(diagnostic.span)}: " if diagnostic.span else ""
    return f"{where}{diagnostic.severity.value}[{diagnostic.code}]: {brief(diagnostic.message)}\n"
