"""What a network reads: images of its shape and type, of finite numbers."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError

HELP = "`preprocessing`, of a loaded run or of a manifest, makes such an image from a picture"


def fault(engine: Engine, image: object) -> InputError | None:
    """Why something is no image (C, H, W) that an engine reads, or None; its numbers are not looked at."""
    if not isinstance(image, Tensor):
        return InputError(f"An image is a tensor, not of the type '{type(image).__name__}'.", HELP)
    if image.shape != engine.shape:
        return InputError(f"An image is {_extents(engine.shape)}, and this one {_extents(image.shape)}.", HELP)
    if image.dtype != engine.dtype:
        return InputError(f"An image is of {_kind(engine.dtype)}, and this one of {_kind(image.dtype)}.", HELP)
    if image.device.type not in {"cpu", engine.device.type}:
        return InputError(f"The network is on '{engine.device.type}', and the image on '{image.device.type}'.")
    return None


def finite(images: Tensor) -> Tensor:
    """Which images (N, ..) hold finite numbers alone: (N,) booleans."""
    # A sum is finite only where all that it adds up is; it is taken in a twentieth of the time of a look at each.
    sums = images.flatten(1).sum(1).isfinite()
    return sums if sums.all() else images.isfinite().flatten(1).all(1)


def not_finite() -> InputError:
    return InputError("The image holds what is not a finite number.")


def insist_on_images(engine: Engine, images: Tensor) -> None:
    """Refuses a batch (N, C, H, W) that an engine doesn't read. Raises InputError."""
    if images.dim() != 1 + len(engine.shape) or not len(images):
        wanted = _extents(("N", *engine.shape))
        raise InputError(f"Images come in a batch, {wanted}, and these are {_extents(images.shape)}.", HELP)
    if (error := fault(engine, images[0])) is not None:
        raise error
    if not finite(images).all():
        raise not_finite()


def _extents(shape: Iterable[object]) -> str:
    return " x ".join(map(str, shape)) or "a single number"


def _kind(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
