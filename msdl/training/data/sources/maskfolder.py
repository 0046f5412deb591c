"""`maskfolder:PATH`: folders `images` and `masks`, below PATH or below PATH/train, PATH/val and PATH/test.

A mask is a PNG file with the stem of its image; its values, in grey or by a palette, are numbers of classes. A file
`classes.txt` in PATH names the classes, one a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from msdl.runtime.errors import InputError
from msdl.runtime.pictures import SUFFIXES, pictures_below, reason
from msdl.training.data.collection import TEST, TRAIN, VALIDATION, Collection, Masks
from msdl.training.data.pictures import Files

IMAGES, MASKS, CLASSES = "images", "masks", "classes.txt"
PNG = ".png"
FOLDERS = {TRAIN: ("train",), VALIDATION: ("val", "valid", "validation"), TEST: ("test",)}
LAYOUT = f"it holds folders '{IMAGES}' and '{MASKS}', or such folders in train, val and test"


def read(place: str) -> Collection:
    """Raises InputError."""
    root = Path(place)
    names: list[str] = []
    masks: list[str] = []
    parts: dict[str, range] = {}
    for part, folder in _parts(root).items():
        pairs = _pairs(folder)
        parts[part] = range(len(names), len(names) + len(pairs))
        names += [image.relative_to(root).as_posix() for image, _ in pairs]
        masks += [mask.relative_to(root).as_posix() for _, mask in pairs]
    pictures, of_masks = Files(root, tuple(names)), Files(root, tuple(masks))
    labels = torch.zeros(len(names), dtype=torch.long)
    shown = tuple(str(root / mask) for mask in masks)
    return Collection(_classes(root), pictures.names, labels, pictures, parts, masks=Masks(shown, of_masks))


def _parts(root: Path) -> Mapping[str, Path]:
    """The parts that a folder has, with `train` first, or the folder itself as all there is."""
    if not root.is_dir():
        raise InputError(f"'{root}' is a file, not a folder." if root.exists() else f"There is no folder '{root}'.")
    if _is_pair(root):
        return {TRAIN: root}
    found = {part: [root / name for name in names if _is_pair(root / name)] for part, names in FOLDERS.items()}
    for one, other, *_ in (folders for folders in found.values() if len(folders) > 1):
        raise InputError(f"'{one}' and '{other}' are both there.", "keep the one that is for validation")
    if not found[TRAIN]:
        raise InputError(f"'{root}' has no images with masks to train on.", LAYOUT)
    return {part: folders[0] for part, folders in found.items() if folders}


def _is_pair(folder: Path) -> bool:
    return (folder / IMAGES).is_dir() and (folder / MASKS).is_dir()


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    """Every image with its mask; there are some, and no mask has no image."""
    images, masks = _by_stem(folder / IMAGES, SUFFIXES), _by_stem(folder / MASKS, (PNG,))
    if not images:
        raise InputError(f"'{folder / IMAGES}' holds no images.", f"images are files named {', '.join(SUFFIXES)}")
    for stem, image in images.items():
        if stem not in masks:
            raise InputError(f"'{image}' has no mask: there is no '{folder / MASKS / stem}{PNG}'.")
    for stem, mask in masks.items():
        if stem not in images:
            raise InputError(f"'{mask}' is the mask of no image in '{folder / IMAGES}'.", "mend it or take it out")
    return [(image, masks[stem]) for stem, image in images.items()]


def _by_stem(folder: Path, suffixes: tuple[str, ...]) -> dict[str, Path]:
    """The pictures below a folder, by their paths in it without the suffix."""
    found: dict[str, Path] = {}
    for path, error in pictures_below(folder):
        if error is not None:
            raise InputError(f"'{path}' can't be read: {reason(error)}.")
        if path.suffix.lower() not in suffixes:
            continue
        stem = path.relative_to(folder).with_suffix("").as_posix()
        if stem in found:
            raise InputError(f"'{found[stem]}' and '{path}' are both there: no mask could tell them apart.")
        found[stem] = path
    return found


def _classes(root: Path) -> tuple[str, ...]:
    """The names in classes.txt; none where there is no such file."""
    path = root / CLASSES
    if not path.exists():
        return ()
    try:
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {reason(error)}.") from None
    except UnicodeDecodeError:
        raise InputError(f"'{path}' is not a text in UTF-8.") from None
    if len(set(names)) < len(names):
        raise InputError(f"'{path}' names a class twice.")
    return names
