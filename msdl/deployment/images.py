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

# MACs of a batch: of networks for dense prediction a few images fill the memory, and take about as long.
WORK = 1 << 38
# MACs of a comparison that no policy needs whole: a minute or two on a processor.
ENOUGH = 1 << 40


@dataclass(frozen=True)
class Images:
    """Normalised images, as a function that gives them in batches (N, C, H, W), the same at every call.

    The first batch is one image: a graph may fit many images and not one. `labels` (N,) of validation images.
    """

    kind: str
    count: int
    batches: Callable[[], Iterator[Tensor]]
    labels: Tensor | None = None


def affordable(work: int, macs: int, least: int = 1) -> int:
    """How many images, of so many MACs each, are worth that work; `least` whatever they take."""
    return max(least, work // max(macs, 1))


def random_images(shape: tuple[int, int, int], count: int = DRAWN, size: int = BATCH) -> Images:
    """Noise as the pixels of normalised images are spread: mean 0, deviation 1; up to `size` images a batch."""
    drawn = torch.randn(count, *shape, generator=torch.Generator().manual_seed(0))
    return Images(RANDOM, count, lambda: (drawn[rows.start : rows.stop] for rows in _batches(count, size)))


def validation_images(run: Run, source: str | None = None, most: int | None = None, size: int = BATCH) -> Images:
    """Those of a run, or so many of them, from where they lie now. Raises InputError."""
    try:
        from msdl.training.data import reopened
        from msdl.training.data.parts import batch

        found = reopened(run, source).validation
    except ModuleNotFoundError as error:
        raise InputError(f"The package '{error.name}' is missing, which reads the run's images.", TRAIN) from None
    if not len(found):
        raise InputError(f"'{run.folder}' has no validation images.")

    count = len(found) if most is None else min(most, len(found))

    def batches() -> Iterator[Tensor]:
        for rows in _batches(count, size):
            yield run.preprocessing.normalised(batch(found, rows)[0])

    return Images(VALIDATION, count, batches, None if found.labels is None else found.labels[:count])


TRAIN = "`python -m pip install 'msdl[train]'` installs it"


def _batches(count: int, size: int) -> Iterator[range]:
    yield range(1)
    for start in range(1, count, size):
        yield range(start, min(start + size, count))
