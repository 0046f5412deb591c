"""From what `--data` says to a data set for a network, and a run's data again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from msdl.runtime import record
from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import MODES, Preprocessing, Shape
from msdl.runtime.run import RECORD, SPLITS, Run
from msdl.training.data.collection import Collection
from msdl.training.data.dataset import Dataset, Splits
from msdl.training.data.masks import masked
from msdl.training.data.parts import part
from msdl.training.data.pictures import Raster
from msdl.training.data.request import MOST_CLASSES, Masking, Request
from msdl.training.data.sources import anchored, collected
from msdl.training.data.splits import read_splits
from msdl.training.data.splitting import split
from msdl.training.data.statistics import statistics

LARGE = 64  # pixels a side, from which pictures keep their proportions
MARGIN = Fraction(8, 7)  # as 256 to 224 (He et al. 2016)


def open_data(
    source: str,
    shape: Shape,
    classes: int | None,
    *,
    seed: int = 0,
    validation: float | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
    masking: Masking | None = None,
    image_column: str = "",
) -> Dataset:
    """The images that `--data` names, for a network that reads `shape` (C, H, W) and knows so many classes.

    `validation` is the share of the images that aren't for testing; `mean` and `std`, of values from 0 to 1, are those
    of the training images unless they are said; with `masking` every pixel has a class. Raises InputError.
    """
    _insist_on_values(shape, validation, mean, std)
    if masking is not None and classes is not None and classes > MOST_CLASSES:
        raise InputError(f"The network tells {classes} classes apart, and masks {MOST_CLASSES} at most.")
    request = Request(shape, classes, masking, image_column)
    found = collected(source, request)
    collection = _named(found, classes)
    _insist_on_labels(collection)
    _insist_on_classes(collection, classes)
    numbers = split(collection, seed, None if validation is None else Fraction(validation))
    splits = Splits(seed, found.digest, **numbers)
    plain = Preprocessing(shape, (0.0,) * shape[0], (1.0,) * shape[0], _shorter_side(collection, shape))
    dataset = _dataset(anchored(source), collection, splits, plain, request)
    if mean is None or std is None:
        mean, std = statistics(dataset.train, seed)
    return replace(dataset, preprocessing=replace(plain, mean=tuple(mean), std=tuple(std)))


def reopened(run: Run, source: str | None = None) -> Dataset:
    """The data of a run again, split and preprocessed as they were, from where they lie now. Raises InputError."""
    said = source or str(run.data.get("source", ""))
    request = _asked(run)
    collection = collected(said, request)
    splits = read_splits(run.path(SPLITS))
    last = max(*splits.train, *splits.validation, *splits.test)
    if collection.digest != splits.digest or last >= len(collection.names):
        raise InputError(
            f"The images of '{said}' are no longer those that '{run.folder}' was trained with.",
            "train again, or say with --data where those images are",
        )
    named = collection if collection.classes else replace(collection, classes=run.classes)
    return _dataset(said, named, splits, run.preprocessing, request)


def _asked(run: Run) -> Request:
    """What a run asked of its data. Raises InputError."""
    try:
        column = str(run.data.get("image_column", ""))
        masking = Masking.of_json(record.field(run.data, "masks", dict)) if "masks" in run.data else None
    except ValueError as error:
        raise InputError(f"'{run.path(RECORD)}' can't be used: {error}.") from None
    return Request(run.preprocessing.shape, len(run.classes) or None, masking, column)


def _dataset(
    source: str, collection: Collection, splits: Splits, preprocessing: Preprocessing, request: Request
) -> Dataset:
    masking = request.masking
    train, validation, test = (
        part(collection, numbers, preprocessing)
        if masking is None
        else masked(collection, numbers, preprocessing.shape, masking.ignored)
        for numbers in (splits.train, splits.validation, splits.test)
    )
    classes, column = collection.classes, request.image_column
    return Dataset(source, classes, train, validation, test, preprocessing, splits, masking, column)


def _named(collection: Collection, classes: int | None) -> Collection:
    """Classes that have no names are called by their numbers; there are as many as the network knows."""
    if collection.classes:
        return collection
    if classes is None:
        raise InputError("The data doesn't say how many classes there are.")
    return replace(collection, classes=tuple(map(str, range(classes))))


def _shorter_side(collection: Collection, shape: Shape) -> int | None:
    """Photographs for a large square input keep their proportions; all else is stretched to its shape.

    So are images with masks, so that each is seen whole.
    """
    _, height, width = shape
    if collection.masks is not None or isinstance(collection.pictures, Raster) or height != width or height < LARGE:
        return None
    return round(height * MARGIN)


def _insist_on_values(
    shape: Shape, validation: float | None, mean: Sequence[float] | None, std: Sequence[float] | None
) -> None:
    if shape[0] not in MODES:
        *most, last = map(str, MODES)
        raise InputError(f"The network reads images of {shape[0]} channels; images have {', '.join(most)} or {last}.")
    if validation is not None and not 0 < validation < 1:
        raise InputError(
            f"The validation part can't be {validation:g} of the images: the share has to be between 0 and 1."
        )
    for name, numbers in (("mean", mean), ("std", std)):
        if numbers is not None and len(numbers) != shape[0]:
            raise InputError(f"The {name} has {len(numbers)} numbers, and the network's input {shape[0]} channels.")
    if std is not None and not all(0 < number < float("inf") for number in std):
        raise InputError("A std has to be larger than 0.")


def _insist_on_labels(collection: Collection) -> None:
    count = len(collection.classes)
    outside = ((collection.labels < 0) | (collection.labels >= count)).nonzero().flatten().tolist()
    for index in outside[:1]:
        raise InputError(
            f"'{collection.names[index]}' has the label {int(collection.labels[index])}; "
            f"labels of {count} classes are from 0 to {count - 1}."
        )


def _insist_on_classes(collection: Collection, classes: int | None) -> None:
    count = len(collection.classes)
    if count < 2:
        raise InputError(f"The data has {count} class; at least two are needed.")
    if classes is not None and classes != count:
        raise InputError(f"The data has {count} classes, the network {classes}.", f"--set classes={count}")
