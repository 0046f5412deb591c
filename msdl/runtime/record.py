"""A record: a JSON file of one of our forms, which somebody may have edited or cut short."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from msdl.runtime.errors import InputError

T = TypeVar("T")

WORDS = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "an object"}


def read(path: Path, version: int) -> dict[str, Any]:
    """What a file holds. Raises InputError, and FileNotFoundError and NotADirectoryError where there is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{path}' is not JSON: {error}.") from None
    try:
        found = field(typed(data, dict, "it"), "format_version", int)
    except ValueError as error:
        raise InputError(f"'{path}' can't be used: {error}.") from None
    if found != version:
        raise InputError(f"'{path}' has format version {found}; this msdl reads {version}.")
    return dict(data)


def field(data: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """A field's value, which is of a kind. Raises ValueError."""
    if name not in data:
        raise ValueError(f"it has no '{name}'")
    return typed(data[name], kind, f"'{name}'")


def items(data: Mapping[str, Any], name: str, kind: type[T]) -> tuple[T, ...]:
    """A field's values, which are all of a kind. Raises ValueError."""
    return tuple(typed(item, kind, f"an item of '{name}'") for item in field(data, name, list))


def values(data: Mapping[str, Any], name: str, kind: type[T]) -> dict[str, T]:
    """A field's values by their names, all of a kind. Raises ValueError."""
    found = field(data, name, dict)
    return {key: typed(value, kind, f"'{key}' of '{name}'") for key, value in found.items()}


def typed(value: object, kind: type[T], what: str) -> T:
    """The value, which is of a kind: a whole number is a number too, and numbers are finite. Raises ValueError."""
    kinds = (int, float) if kind is float else kind
    if not isinstance(value, kinds) or isinstance(value, bool) or not _bounded(value):
        raise ValueError(f"{what} is not {WORDS[kind]}")
    return cast(T, value)


def _bounded(value: object) -> bool:
    """Whether a number fits into 64 bits; nan doesn't."""
    match value:
        case int():
            return abs(value) < 2**63
        case float():
            return math.isfinite(value)
        case _:
            return True
