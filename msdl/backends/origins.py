"""What stands in generated files about the spec they come from.

File names and the spec's lines are untrusted: whatever they hold, what is made of them is one line of printable ASCII.
"""

from __future__ import annotations

import re

from msdl.source import Span

LONGEST = 78


def origin(span: Span) -> str:
    """`net.msd:12: layers depth dense(growth) {`: the line of the spec that a span starts in.

    A comment of the spec is left out, as it could be one that linters obey.
    """
    file = re.split(r"[/\\]", span.source.name)[-1].replace("#", "?")
    code = span.source.line(span.line).split("#")[0].strip()
    text = f"{_printable(file)}:{span.line}: {_printable(code)}".rstrip()
    return text if len(text) <= LONGEST else text[: LONGEST - 3].rstrip() + "..."


def harmless(text: str) -> str:
    """Text for a title or a docstring: letters, digits and a few signs, the rest as question marks."""
    return re.sub(r"[^0-9A-Za-z_ .+-]", "?", text)


def escaped(text: str) -> str:
    """ASCII, with Python's escapes for all that isn't printable, and for backslashes."""
    return text.encode("unicode_escape").decode("ascii")


def _printable(text: str) -> str:
    return re.sub(r"[^ -~]", lambda match: escaped(match[0]), text)
