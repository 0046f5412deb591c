"""`hf:NAME_OR_PATH`: what Hugging Face's `datasets` reads, with a column of images and one of labels or of masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from msdl.runtime.errors import InputError
from msdl.training.data.collection import TRAIN, Collection, Masks
from msdl.training.data.request import Masking, Request
from msdl.training.data.sources import tables
from msdl.training.data.sources.hub import load
from msdl.training.data.sources.tables import Rows

LABELS = ("label", "labels", "fine_label", "class", "target")
MASKS = ("annotation", "mask", "label", "labels", "segmentation", "segmentation_mask", "semantic_mask", "ground_truth")
UNLABELLED = -1  # so the hub marks test sets whose labels are kept secret


def read(place: str, request: Request) -> Collection:
    """Raises InputError."""
    parts = tables.parts(place, load(place))
    features = next(iter(parts.values())).features
    image = tables.images(place, features, request.image_column)
    if request.masking is None:
        return _labelled(place, parts, image, _label(place, features))
    return _masked(place, parts, image, _mask(place, features, image, request.masking))


def _labelled(place: str, parts: Mapping[str, Any], image: str, label: str) -> Collection:
    columns = {part: table[label][:] for part, table in parts.items()}
    labelled = {part: column for part, column in columns.items() if part == TRAIN or not _unlabelled(column)}
    lengths = {part: len(column) for part, column in labelled.items()}
    feature = parts[TRAIN].features[label]
    classes, labels = _numbered(place, feature, [value for column in labelled.values() for value in column])
    table, names = tables.together(place, [parts[part] for part in labelled], [image]), tables.names(lengths)
    return Collection(classes, names, torch.tensor(labels), Rows(table, image, names), tables.ranges(lengths))


def _masked(place: str, parts: Mapping[str, Any], image: str, mask: str) -> Collection:
    """The parts that have masks; those of the hub's test sets may be kept secret."""
    known = {part: table for part, table in parts.items() if part == TRAIN or not _without(table, mask)}
    lengths = {part: len(table) for part, table in known.items()}
    table, names = tables.together(place, known.values(), [image, mask]), tables.names(lengths)
    shown = tuple(f"{mask} of {name}" for name in names)
    masks = Masks(shown, Rows(table, mask, shown))
    labels = torch.zeros(len(names), dtype=torch.long)
    return Collection((), names, labels, Rows(table, image, names), tables.ranges(lengths), masks=masks)


def _mask(place: str, features: Mapping[str, Any], image: str, masking: Masking) -> str:
    """The column of masks: pictures, too, but not the images."""
    if asked := tables.asked_for(place, features, masking.column, "masks"):
        if asked == image:
            raise InputError(f"The images and the masks of '{place}' can't both be its column '{image}'.")
        return asked
    return tables.column(place, features, "masks", MASKS, tables.is_image, besides=image)


def _without(table: Any, column: str) -> bool:
    return bool(table.data.column(column).null_count == len(table.data))


def _label(place: str, features: Mapping[str, Any]) -> str:
    """The column of labels: one of classes before one of numbers or words, which must be named so."""
    import datasets

    try:
        return tables.column(place, features, "labels", LABELS, lambda one: isinstance(one, datasets.ClassLabel))
    except InputError:
        for name in LABELS:
            if getattr(features.get(name), "dtype", "").startswith(("int", "uint", "string", "large_string")):
                return name
        raise


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
