"""What is evaluated: a trained network, or several as one, with the images that judge it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from msdl.runtime.errors import InputError
from msdl.runtime.load import load
from msdl.runtime.maps import View
from msdl.runtime.run import Run
from msdl.training.data import reopened
from msdl.training.data.dataset import Dataset


@dataclass(frozen=True)
class Subject:
    """`macs` are lazy, up to each of the exits; `run` is None for an ensemble.

    `views` says what each exit's map is about, and is None where exits tell a class for every image.
    """

    name: str
    model: nn.Module
    exits: tuple[str, ...]
    macs: tuple[int, ...]
    data: Dataset
    run: Run | None = None
    views: tuple[View, ...] | None = None


def subjects(folders: Sequence[str | Path], source: str | None = None) -> tuple[Subject, ...]:
    """The networks of run folders, each with its data or with that of `source`.

    Raises InputError, also where the runs have other classes or other test images than the first one.
    """
    runs = [Run.read(folder) for folder in folders]
    names = [run.name for run in runs]
    found = tuple(
        Subject(
            run.name if names.count(run.name) == 1 else str(run.folder),
            load(run.folder),
            tuple(exit.name for exit in run.exits),
            run.macs,
            reopened(run, source),
            run,
            None if run.maps is None else tuple(run.maps.values()),
        )
        for run in runs
    )
    for other in found[1:]:
        _insist_on_same_images(found[0], other)
    return found


def _insist_on_same_images(one: Subject, other: Subject) -> None:
    if (one.views is None) != (other.views is None):
        raise InputError(f"'{one.name}' and '{other.name}' can't be compared: the exits of one of them are maps.")
    if one.data.classes != other.data.classes:
        raise InputError(f"'{one.name}' and '{other.name}' can't be compared: their classes differ.")
    if one.data.masking and other.data.masking and one.data.masking.ignored != other.data.masking.ignored:
        raise InputError(f"'{one.name}' and '{other.name}' can't be compared: each ignores other pixels of the masks.")
    mine, theirs = one.data.test.names, other.data.test.names
    if mine != theirs:
        shared = len({*mine} & {*theirs})
        raise InputError(
            f"'{one.name}' and '{other.name}' can't be compared: of the {len(mine)} test images of the one, "
            f"the other has {shared} among its {len(theirs)}.",
            "train both on the same data with the same seed, or say --data",
        )
