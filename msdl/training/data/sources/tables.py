"""Tables as Hugging Face's `datasets` has them: their parts, their columns, the pictures in their rows."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from msdl.language.suggest import did_you_mean
from msdl.runtime.errors import InputError
from msdl.runtime.pictures import decoded, opened
from msdl.training.data.collection import TEST, TRAIN, VALIDATION
from msdl.training.data.pictures import readable

SPLITS = {TRAIN: ("train", "training"), VALIDATION: ("validation", "val", "valid", "dev"), TEST: ("test",)}
IMAGES = ("image", "img", "picture", "pixel_values")


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


def parts(place: str, found: Mapping[str, Any]) -> dict[str, Any]:
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


def together(place: str, tables: Iterable[Any], columns: Sequence[str]) -> Any:
    """Columns of pictures of several tables, one below the other, not decoded."""
    import datasets

    try:
        table = datasets.concatenate_datasets([each.select_columns([*columns]) for each in tables])
        for column in columns:
            table = table.cast_column(column, datasets.Image(decode=False))
    except ValueError as error:
        raise InputError(f"The parts of '{place}' don't fit together: {error}.") from None
    return table


def names(lengths: Mapping[str, int]) -> tuple[str, ...]:
    """`train/0`, `train/1`, ..: a name for every row of every part."""
    return tuple(f"{part}/{row}" for part, length in lengths.items() for row in range(length))


def ranges(lengths: Mapping[str, int]) -> dict[str, range]:
    """The rows of every part where they are together."""
    ends = itertools.accumulate(lengths.values())
    return {part: range(end - length, end) for (part, length), end in zip(lengths.items(), ends, strict=True)}


def images(place: str, features: Mapping[str, Any], asked: str) -> str:
    """The column of images."""
    return asked_for(place, features, asked, "images") or column(place, features, "images", IMAGES, is_image)


def asked_for(place: str, features: Mapping[str, Any], asked: str, what: str) -> str:
    """The column that was named, which must hold pictures; empty where none was."""
    if asked and asked not in features:
        help = did_you_mean(asked, features) or f"its columns are {', '.join(features)}"
        raise InputError(f"'{place}' has no column '{asked}'.", help)
    if asked and not is_image(features[asked]):
        pictures = ", ".join(name for name, feature in features.items() if is_image(feature)) or "none"
        raise InputError(
            f"The column '{asked}' of '{place}' holds no {what}.", f"its columns of pictures are {pictures}"
        )
    return asked


def column(
    place: str,
    features: Mapping[str, Any],
    what: str,
    usual: Sequence[str],
    fits: Callable[[Any], bool],
    besides: str = "",
) -> str:
    """The only column that fits, `besides` one, or of several the one with the most usual name."""
    found = [name for name, feature in features.items() if name != besides and fits(feature)]
    named = [name for name in usual if name in found] or found
    if not found or (len(found) > 1 and named is found):
        which = f"several columns of {what}: {', '.join(found)}" if found else f"no column of {what}"
        raise InputError(f"'{place}' has {which}.", f"its columns are {', '.join(features)}")
    return named[0]


def is_image(feature: Any) -> bool:
    """An image, or the bytes and path that one is kept as where a parquet file doesn't say so."""
    import datasets

    return isinstance(feature, datasets.Image) or (isinstance(feature, dict) and feature.keys() == {"bytes", "path"})
