"""Which mistakes can be told beside others: those that a skipped line, or a missing import, can't be the cause of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msdl.diagnostics import Diagnostic

# Mistakes inside one expression or declaration. Others (nothing is missing, the grid's laws) look at the whole.
LOCAL = frozenset({"MSD201", "MSD203", "MSD204", "MSD205", "MSD208", "MSD209", "MSD301", "MSD303", "MSD304"})


def independent_of(skipped: tuple[str, ...], diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics that would be there without the syntax errors too; a skipped line may declare what is unknown."""
    words = {word for line in skipped for word in re.findall(r"\w+", line)}
    for diagnostic in diagnostics:
        named = diagnostic.span is not None and diagnostic.span.text.split("[")[0] in words
        if skipped and diagnostic.code in LOCAL and not named:
            yield diagnostic


def without_unknown_names(diagnostics: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics of a file whose imports could not all be read: an unknown name may come from there.

    One that is close to a known name is kept: it is rather a slip of the pen.
    """
    return (diagnostic for diagnostic in diagnostics if diagnostic.code != "MSD201" or diagnostic.help)
