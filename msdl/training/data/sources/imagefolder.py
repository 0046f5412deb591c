"""`imagefolder:PATH`: a folder for every class, below PATH or below PATH/train, PATH/val and PATH/test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from msdl.runtime.errors import InputError
from msdl.runtime.pictures import SUFFIXES, pictures_below, reason
from msdl.training.data.collection import TEST, TRAIN, VALIDATION, Collection
from msdl.training.data.pictures import Files

FOLDERS = {TRAIN: ("train",), VALIDATION: ("val", "valid", "validation"), TEST: ("test",)}
LAYOUT = "it holds a folder of images for each class, or such folders in train, val and test"


def read(place: str) -> Collection:
    """Raises InputError."""
    root = Path(place)
    folders = _parts(root)
    classes = tuple(folder.name for folder in _folders(folders[TRAIN]))
    names: list[str] = []
    labels: list[int] = []
    parts: dict[str, range] = {}
    for part, folder in folders.items():
        start = len(names)
        for label, files in _labelled(folder, classes):
            names += [file.relative_to(root).as_posix() for file in files]
            labels += [label] * len(files)
        parts[part] = range(start, len(names))
    return Collection(classes, tuple(names), torch.tensor(labels), Files(root, tuple(names)), parts)


def _parts(root: Path) -> Mapping[str, Path]:
    """The parts that a folder has, with `train` first; the folder itself where `train` is missing or a class."""
    if not root.exists():
        raise InputError(f"There is no folder '{root}'.")
    if not root.is_dir():
        raise InputError(f"'{root}' is a file, not a folder.", f"unpack it first; {LAYOUT}")
    if not (root / "train").is_dir() or not _folders(root / "train"):
        return {TRAIN: root}
    found = {part: [root / name for name in names if (root / name).is_dir()] for part, names in FOLDERS.items()}
    for one, other, *_ in (folders for folders in found.values() if len(folders) > 1):
        raise InputError(f"'{one}' and '{other}' are both there.", "keep the one that is for validation")
    return {part: folders[0] for part, folders in found.items() if folders}


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError as error:
        raise InputError(f"'{folder}' can't be read: {reason(error)}.") from None


def _labelled(folder: Path, classes: tuple[str, ...]) -> list[tuple[int, list[Path]]]:
    """The files of every class folder, which all have some."""
    found = []
    folders = _folders(folder)
    if not folders:
        raise InputError(f"'{folder}' has no folders, one for each class.", LAYOUT)
    for path in folders:
        if path.name not in classes:
            raise InputError(f"'{path}' is a class that there are no images to train on for.", LAYOUT)
        found.append((classes.index(path.name), _pictures(path)))
    return found


def _pictures(folder: Path) -> list[Path]:
    files = []
    for path, error in pictures_below(folder):
        if error is not None:
            raise InputError(f"'{path}' can't be read: {reason(error)}.")
        files.append(path)
    if not files:
        raise InputError(f"'{folder}' holds no images.", f"images are files named {', '.join(SUFFIXES)}")
    return files
