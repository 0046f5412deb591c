"""The table of sources: where images come from."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from msdl.language.suggest import did_you_mean
from msdl.runtime.errors import InputError
from msdl.runtime.pictures import reason
from msdl.training.data.collection import Collection
from msdl.training.data.sources import cifar, digits, huggingface, imagefolder


@dataclass(frozen=True)
class Source:
    """`place` names what stands behind the colon, where anything does; `augmentation` is the usual one."""

    read: Callable[[str], Collection]
    place: str
    augmentation: str


SOURCES = {
    "digits": Source(digits.read, "", "digits"),
    "imagefolder": Source(imagefolder.read, "PATH", "imagenet"),
    "cifar10": Source(partial(cifar.read, cifar.CIFAR10), "PATH", "cifar"),
    "cifar100": Source(partial(cifar.read, cifar.CIFAR100), "PATH", "cifar"),
    "hf": Source(huggingface.read, "NAME_OR_PATH", "imagenet"),
}
FORMS = tuple(f"{name}:{source.place}" if source.place else name for name, source in SOURCES.items())


def collected(source: str) -> Collection:
    """All the images that `--data` names. Raises InputError."""
    name, colon, place = source.partition(":")
    if name not in SOURCES:
        raise InputError(f"There is no source of data '{name}'; there are {', '.join(FORMS)}.", _meant(source, name))
    found = SOURCES[name]
    if found.place and not place:
        raise InputError(f"'{source}' doesn't say where the data is.", f"{name}:{found.place}")
    if not found.place and colon:
        raise InputError(f"'{source}' says where the data is, but '{name}' comes along.", f"say '{name}' alone")
    place = _home(place)
    try:
        return found.read(place)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise InputError(f"'{place}' can't be read: {reason(error)}.") from None


def anchored(source: str) -> str:
    """The same from any working folder: a path that is there, made absolute."""
    name, colon, place = source.partition(":")
    there = colon and os.path.exists(_home(place))  # noqa: PTH110  (Path.exists raises where a name is too long)
    return f"{name}:{os.path.abspath(_home(place))}" if there else source  # noqa: PTH100


def default_augmentation(source: str) -> str:
    """The name of the augmentation that is usual for what `--data` names."""
    name = source.partition(":")[0]
    return SOURCES[name].augmentation if name in SOURCES else "none"


def _meant(source: str, name: str) -> str:
    if os.path.isdir(_home(source)):  # noqa: PTH112  (Path.is_dir raises where a name is too long)
        return f"did you mean 'imagefolder:{source}'?"
    return did_you_mean(name, SOURCES)


def _home(place: str) -> str:
    """With `~` for the home folder, which no shell replaces behind a colon."""
    return os.path.expanduser(place)  # noqa: PTH111  (Path.expanduser raises for a user that there is not)
