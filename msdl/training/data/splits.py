"""splits.json: which images were for training, validation and test."""

from __future__ import annotations

import json
from collections.abc import Collection
from itertools import chain
from pathlib import Path

from msdl import files
from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.training.data.collection import PARTS
from msdl.training.data.dataset import Dataset, Splits

FORMAT_VERSION = 1


def write_splits(dataset: Dataset, path: Path) -> None:
    """Raises OSError."""
    splits = dataset.splits
    head = {"format_version": FORMAT_VERSION, "source": dataset.source, "seed": splits.seed, "digest": splits.digest}
    fields = {**head, **{part: list(getattr(splits, part)) for part in PARTS}}
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in fields.items())
    files.write(path, f"{{\n{lines}\n}}\n")


def read_splits(path: Path) -> Splits:
    """Raises InputError."""
    try:
        data = record.read(path, FORMAT_VERSION)
        parts = {part: record.items(data, part, int) for part in PARTS}
        _insist_on_parts(parts.values())
        return Splits(record.field(data, "seed", int), record.field(data, "digest", str), **parts)
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"There is no '{path}'.") from None
    except ValueError as error:
        raise InputError(f"'{path}' can't be used: {error}.") from None


def _insist_on_parts(parts: Collection[tuple[int, ...]]) -> None:
    """Raises ValueError."""
    numbers = list(chain.from_iterable(parts))
    if not all(parts) or len(set(numbers)) != len(numbers) or min(numbers) < 0:
        raise ValueError("its parts are empty or share images")
