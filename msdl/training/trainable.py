"""Whether a network can be trained, and what its exits tell: a class for every image, or one for every pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.compilation import Compilation
from msdl.network.layers import Shape
from msdl.runtime.errors import InputError
from msdl.runtime.maps import View
from msdl.training.data.augmentation import AUGMENTATIONS
from msdl.training.data.request import Masking
from msdl.training.options import BadOption, Options
from msdl.training.views import views


@dataclass(frozen=True)
class Heads:
    """How many classes all exits tell apart, and, where they are maps, what part of the image each is about."""

    classes: int
    views: Mapping[str, View] | None = None


def are_maps(compilation: Compilation) -> bool:
    """Whether a network's exits tell classes of pixels; where only some do, `heads` refuses it. Raises SpecError."""
    network = compilation.network
    return any(not network[exit.output].size.flat for exit in network.exits)


def heads(compilation: Compilation) -> Heads:
    """Raises SpecError, and InputError where the exits can't be trained together."""
    if compilation.exit is not None:
        raise InputError("A network is trained with all its exits, not with one alone.", "write a spec with that exit")
    network = compilation.network
    outputs = {exit.name: network[exit.output].size for exit in network.exits}
    _insist_on_one_kind(outputs)
    counts = {size.channels for size in outputs.values()}
    if len(counts) > 1:
        raise InputError(f"The exits tell {', '.join(map(str, sorted(counts)))} classes apart; they must agree.")
    return Heads(counts.pop(), views(network) if are_maps(compilation) else None)


def _insist_on_one_kind(outputs: Mapping[str, Shape]) -> None:
    vectors, maps = ([name for name, size in outputs.items() if size.flat is flat] for flat in (True, False))
    if vectors and maps:
        vector, map = vectors[0], maps[0]
        raise InputError(
            f"'{vector}' tells a class for every image, and '{map}', a map of {outputs[map]}, one for every pixel.",
            "all exits must tell the same: end them all with linear(classes), or none of them",
        )


def insist_on_options(options: Options, heads: Heads) -> None:
    """Refuses options that these exits can't be trained with. Raises BadOption."""
    augmentation = AUGMENTATIONS[options.augment]
    if heads.views is None:
        if options.mask_column:
            raise BadOption("--mask-column is for exits that are maps; these tell a class for every image.")
        if augmentation.batch is None:
            raise BadOption(f"--augment {options.augment} is for images with masks, and exits that are maps.")
        return
    if augmentation.with_masks is None:
        those = ", ".join(name for name, each in AUGMENTATIONS.items() if each.with_masks is not None)
        raise BadOption(f"--augment {options.augment} distorts no masks; for exits that are maps there are {those}.")
    if options.mixup:
        raise BadOption("--mixup mixes the classes of whole images; these exits are maps.")
    if options.distil and len({*heads.views.values()}) > 1:
        raise BadOption("--distil needs exits whose maps are about the same part of the image; these are not.")


def masking(options: Options, heads: Heads) -> Masking | None:
    """What is asked of the data: masks where exits are maps."""
    return None if heads.views is None else Masking(options.ignore_index, options.mask_column)
