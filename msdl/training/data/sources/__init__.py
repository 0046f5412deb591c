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
from msdl.training.data.request import Request
from msdl.training.data.sources import cifar, digits, huggingface, imagefolder, maskfolder, shapes

Reader = Callable[[str, Request], Collection]


@dataclass(frozen=True)
class Source:
    """`place` names what stands behind the colon, where anything does.

    `augmentation` is the usual one for images with labels, None where there are only masks; `masked` the usual one for
    images with masks, None where there are only labels. With `columns`, images and masks are columns of a table.
    """

    read: Reader
    place: str
    augmentation: str | None
    masked: str | None = None
    columns: bool = False

    def gives(self, request: Request) -> bool:
        """Whether it has labels or masks, whichever is asked for."""
        return (self.augmentation if request.masking is None else self.masked) is not None


def _alike(read: Callable[[str], Collection]) -> Reader:
    """A reader of what is the same for every network."""
    return lambda place, request: read(place)


SOURCES = {
    "digits": Source(_alike(digits.read), "", "digits"),
    "imagefolder": Source(_alike(imagefolder.read), "PATH", "imagenet"),
    "cifar10": Source(_alike(partial(cifar.read, cifar.CIFAR10)), "PATH", "cifar"),
    "cifar100": Source(_alike(partial(cifar.read, cifar.CIFAR100)), "PATH", "cifar"),
    "hf": Source(huggingface.read, "NAME_OR_PATH", "imagenet", "scale", columns=True),
    "shapes": Source(shapes.read, "", None, "flip"),
    "maskfolder": Source(_alike(maskfolder.read), "PATH", None, "scale"),
}
FORMS = {name: f"{name}:{source.place}" if source.place else name for name, source in SOURCES.items()}


def collected(source: str, request: Request) -> Collection:
    """All the images that `--data` names, with what is asked for: labels or masks. Raises InputError."""
    name, colon, place = source.partition(":")
    if name not in SOURCES:
        raise InputError(
            f"There is no source of data '{name}'; there are {', '.join(FORMS.values())}.", _meant(source, name)
        )
    found = SOURCES[name]
    if found.place and not place:
        raise InputError(f"'{source}' doesn't say where the data is.", f"{name}:{found.place}")
    if not found.place and colon:
        raise InputError(f"'{source}' says where the data is, but '{name}' comes along.", f"say '{name}' alone")
    _insist_on_kind(name, request)
    _insist_on_columns(name, request)
    place = _home(place)
    try:
        return found.read(place, request)
    except OSError as error:  # a name that is too long, a folder that may not be entered
        raise InputError(f"'{place}' can't be read: {reason(error)}.") from None


def _insist_on_kind(name: str, request: Request) -> None:
    if SOURCES[name].gives(request):
        return
    others = ", ".join(FORMS[other] for other, source in SOURCES.items() if source.gives(request))
    if request.masking is None:
        raise InputError(f"'{name}' has masks, a class for every pixel; the network tells one class an image.", others)
    raise InputError(f"'{name}' has a class for every image; exits that are maps need one for every pixel.", others)


def _insist_on_columns(name: str, request: Request) -> None:
    for what, column in (("image", request.image_column), ("mask", request.masking and request.masking.column)):
        if column and not SOURCES[name].columns:
            tables = ", ".join(FORMS[other] for other, source in SOURCES.items() if source.columns)
            raise InputError(f"'{name}' has no column '{column}': --{what}-column is for tables.", tables)


def anchored(source: str) -> str:
    """The same from any working folder: a path that is there, made absolute."""
    name, colon, place = source.partition(":")
    there = colon and os.path.exists(_home(place))  # noqa: PTH110  (Path.exists raises where a name is too long)
    return f"{name}:{os.path.abspath(_home(place))}" if there else source  # noqa: PTH100


def default_augmentation(source: str, maps: bool = False) -> str:
    """The name of the augmentation that is usual for what `--data` names, with masks where exits are maps."""
    found = SOURCES.get(source.partition(":")[0])
    usual = None if found is None else found.masked if maps else found.augmentation
    return usual or "none"


def _meant(source: str, name: str) -> str:
    if os.path.isdir(_home(source)):  # noqa: PTH112  (Path.is_dir raises where a name is too long)
        return f"did you mean 'imagefolder:{source}'?"
    return did_you_mean(name, SOURCES)


def _home(place: str) -> str:
    """With `~` for the home folder, which no shell replaces behind a colon."""
    return os.path.expanduser(place)  # noqa: PTH111  (Path.expanduser raises for a user that there is not)
