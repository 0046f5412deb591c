"""The images that an export is held against the module on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.runtime.run import Run

VALIDATION, RANDOM = "validation", "random"
BATCH = 256
DRAWN = 64


@dataclass(frozen=True)
class Images:
    """Normalised images, as a function that gives them in batches (N, C, H, W), the same at every call.

    The first batch is one image: a graph may fit many images and not one. `labels` (N,) of validation images.
    """

    kind: str
    count: int
    batches: Callable[[], Iterator[Tensor]]
    labels: Tensor | None = None


def random_images(shape: tuple[int, int, int], count: int = DRAWN) -> Images:
    """Noise as the pixels of normalised images are spread: mean 0, deviation 1."""
    drawn = torch.randn(count, *shape, generator=torch.Generator().manual_seed(0))
    return Images(RANDOM, count, lambda: (drawn[rows.start : rows.stop] for rows in _batches(count)))


def validation_images(run: Run, source: str | None = None) -> Images:
    """Those of a run, from where they lie now. Raises InputError."""
    try:
        from msdl.training.data import reopened
        from msdl.training.data.parts import batch

        found = reopened(run, source).validation
    except ModuleNotFoundError as error:
        raise InputError(f"The package '{error.name}' is missing, which reads the run's images.", TRAIN) from None
    if not len(found):
        raise InputError(f"'{run.folder}' has no validation images.")

    def batches() -> Iterator[Tensor]:
        for rows in _batches(len(found)):
            yield run.preprocessing.normalised(batch(found, rows)[0])

    return Images(VALIDATION, len(found), batches, found.labels)


TRAIN = "`python -m pip install 'msdl[train]'` installs it"


def _batches(count: int) -> Iterator[range]:
    yield range(1)
    for start in range(1, count, BATCH):
        yield range(start, min(start + BATCH, count))
