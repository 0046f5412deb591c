"""splits.json: which images were for training, validation and test."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

from msdl import files
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
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format_version"] != FORMAT_VERSION:
            raise ValueError(f"its format version is {data['format_version']}, and this msdl reads {FORMAT_VERSION}")
        parts = {part: tuple(map(int, data[part])) for part in PARTS}
        numbers = list(chain.from_iterable(parts.values()))
        if not all(parts.values()) or len(set(numbers)) != len(numbers) or min(numbers) < 0:
            raise ValueError("its parts are empty or share images")
        return Splits(int(data["seed"]), str(data["digest"]), **parts)
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
    except KeyError as error:
        raise InputError(f"'{path}' can't be used: it has no {error}.") from None
    except (ValueError, TypeError) as error:
        raise InputError(f"'{path}' can't be used: {error}.") from None
