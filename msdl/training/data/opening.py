"""From what `--data` says to a data set for a network, and a run's data again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from msdl.runtime.errors import InputError
from msdl.runtime.preprocessing import MODES, Preprocessing, Shape
from msdl.runtime.run import SPLITS, Run
from msdl.training.data.collection import Collection
from msdl.training.data.dataset import Dataset, Splits
from msdl.training.data.parts import part
from msdl.training.data.pictures import Raster
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
) -> Dataset:
    """The images that `--data` names, for a network that reads `shape` (C, H, W) and knows so many classes.

    `validation` is the share of the images that aren't for testing; `mean` and `std`, of values from 0 to 1, are those
    of the training images unless they are said. Raises InputError.
    """
    _insist_on_values(shape, validation, mean, std)
    collection = collected(source)
    _insist_on_labels(collection)
    _insist_on_classes(collection, classes)
    numbers = split(collection, seed, None if validation is None else Fraction(validation))
    splits = Splits(seed, collection.digest, **numbers)
    plain = Preprocessing(shape, (0.0,) * shape[0], (1.0,) * shape[0], _shorter_side(collection, shape))
    dataset = _dataset(anchored(source), collection, splits, plain)
    if mean is None or std is None:
        mean, std = statistics(dataset.train, seed)
    return replace(dataset, preprocessing=replace(plain, mean=tuple(mean), std=tuple(std)))


def reopened(run: Run, source: str | None = None) -> Dataset:
    """The data of a run again, split and preprocessed as they were, from where they lie now. Raises InputError."""
    said = source or str(run.data.get("source", ""))
    collection = collected(said)
    splits = read_splits(run.path(SPLITS))
    last = max(*splits.train, *splits.validation, *splits.test)
    if collection.digest != splits.digest or last >= len(collection.names):
        raise InputError(
            f"The images of '{said}' are no longer those that '{run.folder}' was trained with.",
            "train again, or say with --data where those images are",
        )
    return _dataset(said, collection, splits, run.preprocessing)


def _dataset(source: str, collection: Collection, splits: Splits, preprocessing: Preprocessing) -> Dataset:
    return Dataset(
        source,
        collection.classes,
        part(collection, splits.train, preprocessing),
        part(collection, splits.validation, preprocessing),
        part(collection, splits.test, preprocessing),
        preprocessing,
        splits,
    )


def _shorter_side(collection: Collection, shape: Shape) -> int | None:
    """Photographs for a large square input keep their proportions; all else is stretched to its shape."""
    _, height, width = shape
    if isinstance(collection.pictures, Raster) or height != width or height < LARGE:
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
