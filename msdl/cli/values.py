"""The compiler's values as plain data, which JSON can hold, and as the JSON that commands print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msdl.language.numbers import Number, Unknown
from msdl.source import Span

FORMAT_VERSION = 1


def as_json(data: Mapping[str, Any]) -> str:
    """What a command found, behind the version of its form."""
    return json.dumps({"format_version": FORMAT_VERSION, **data}, indent=2)


def plain_number(number: Number | Decimal) -> int | float | None:
    """A whole number as an int, any other as a float, and none behind an error."""
    match number:
        case Unknown():
            return None
        case int():
            return number
        case Fraction() | Decimal():
            return int(number) if number == int(number) else float(number)


def plain(value: object) -> Any:
    """A frozen dataclass as a dict with its `kind` first and its place last; what its repr leaves out is left out."""
    match value:
        case Span():
            return place(value)
        case Fraction() | Decimal() | Unknown():
            return plain_number(value)
        case str() | int() | float() | None:
            return value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence() | frozenset():
            return [plain(item) for item in value]
        case _ if is_dataclass(value):
            return {"kind": type(value).__name__, **dict(_slots(value))}
        case _:
            return str(value)


def _slots(value: object) -> Iterator[tuple[str, Any]]:
    assert is_dataclass(value)
    for slot in fields(value):
        if slot.repr:
            yield slot.name, plain(getattr(value, slot.name))


def place(span: Span) -> str:
    """`12:3-12:9`: line and column where a span starts, and where it ends."""
    first, last = (span.source.position(offset) for offset in (span.start, span.end))
    return f"{first[0]}:{first[1]}-{last[0]}:{last[1]}"
