"""`hf:NAME_OR_PATH`: what Hugging Face's `datasets` reads, with a column of images and one of labels."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from msdl.runtime.errors import InputError
from msdl.runtime.pictures import decoded, opened
from msdl.training.data.collection import TEST, TRAIN, VALIDATION, Collection
from msdl.training.data.pictures import readable
from msdl.training.data.sources.hub import load

SPLITS = {TRAIN: ("train", "training"), VALIDATION: ("validation", "val", "valid", "dev"), TEST: ("test",)}
LABELS = ("label", "labels", "fine_label", "class", "target")
IMAGES = ("image", "img", "picture")
UNLABELLED = -1  # so the hub marks test sets whose labels are kept secret


@dataclass(frozen=True)
class Rows:
    """Pictures in the rows of a table that lies on the disk; each is bytes or a path."""

    table: Any
    column: str
    names: tuple[str, ...]

    def __getitem__(self, index: int, /) -> Image.Image:
        with readable(self.names[index]):
            return decoded(self._file(index))

    def check(self, index: int, /) -> None:
        with readable(self.names[index]), opened(self._file(index)):
            pass

    def _file(self, index: int) -> io.BytesIO | Path:
        value = self.table[index][self.column] or {}
        if value.get("bytes"):
            return io.BytesIO(value["bytes"])
        if not value.get("path"):
            raise OSError("its row is empty")
        return Path(value["path"])


def read(place: str) -> Collection:
    """Raises InputError."""
    import datasets

    tables = _parts(place, load(place))
    features = next(iter(tables.values())).features
    image, label = _column(place, features, "images", IMAGES, _is_image), _label(place, features)
    columns = {part: table[label][:] for part, table in tables.items()}
    labelled = {part: column for part, column in columns.items() if part == TRAIN or not _unlabelled(column)}
    names = tuple(f"{part}/{row}" for part, column in labelled.items() for row in range(len(column)))
    classes, labels = _numbered(place, features[label], [value for column in labelled.values() for value in column])
    try:
        table = datasets.concatenate_datasets([tables[part].select_columns([image]) for part in labelled])
        table = table.cast_column(image, datasets.Image(decode=False))
    except ValueError as error:
        raise InputError(f"The parts of '{place}' don't fit together: {error}.") from None
    return Collection(classes, names, torch.tensor(labels), Rows(table, image, names), _ranges(labelled))


def _ranges(columns: Mapping[str, Sequence[Any]]) -> dict[str, range]:
    ends = list(itertools.accumulate(map(len, columns.values())))
    return {part: range(end - len(columns[part]), end) for part, end in zip(columns, ends, strict=True)}


def _parts(place: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Its tables as `train`, `validation` and `test`; one alone is all there is, whatever its name."""
    if len(found) == 1:
        parts = {TRAIN: next(iter(found.values()))}
    else:
        given = {part: [found[name] for name in names if name in found] for part, names in SPLITS.items()}
        parts = {part: tables[0] for part, tables in given.items() if tables}
    if TRAIN not in parts:
        raise InputError(f"'{place}' has no part to train on, but {', '.join(found) or 'nothing at all'}.")
    if not len(parts[TRAIN]):
        raise InputError(f"'{place}' has no images to train on.")
    return parts


def _label(place: str, features: Mapping[str, Any]) -> str:
    """The column of labels: one of classes before one of numbers or words, which must be named so."""
    import datasets

    try:
        return _column(place, features, "labels", LABELS, lambda feature: isinstance(feature, datasets.ClassLabel))
    except InputError:
        for name in LABELS:
            if getattr(features.get(name), "dtype", "").startswith(("int", "uint", "string", "large_string")):
                return name
        raise


def _column(
    place: str, features: Mapping[str, Any], what: str, usual: Sequence[str], fits: Callable[[Any], bool]
) -> str:
    """The only column that fits, or of several the one with the most usual name."""
    found = [name for name, feature in features.items() if fits(feature)]
    named = [name for name in usual if name in found] or found
    if not found or (len(found) > 1 and named is found):
        which = f"several columns of {what}: {', '.join(found)}" if found else f"no column of {what}"
        raise InputError(f"'{place}' has {which}.", f"its columns are {', '.join(features)}")
    return named[0]


def _is_image(feature: Any) -> bool:
    """An image, or the bytes and path that one is kept as where a parquet file doesn't say so."""
    import datasets

    return isinstance(feature, datasets.Image) or (isinstance(feature, dict) and feature.keys() == {"bytes", "path"})


def _unlabelled(column: Sequence[Any]) -> bool:
    return all(label in (UNLABELLED, None) for label in column)


def _numbered(place: str, feature: Any, column: Sequence[Any]) -> tuple[tuple[str, ...], list[int]]:
    """The classes' names, and the labels as numbers of them."""
    if hasattr(feature, "names"):
        return tuple(feature.names), [UNLABELLED if label is None else label for label in column]
    if any(label is None for label in column):
        raise InputError(f"'{place}' has images without a label.")
    if isinstance(column[0], str):
        words = tuple(sorted(set(column)))
        numbers = {word: number for number, word in enumerate(words)}
        return words, [numbers[word] for word in column]
    if max(column) < 0:
        raise InputError(f"'{place}' has no labels but negative ones; classes are counted from 0.")
    if max(column) >= len(column):
        raise InputError(
            f"'{place}' has labels up to {max(column)} for {len(column)} images: they don't count classes."
        )
    return tuple(map(str, range(max(column) + 1))), list(column)
