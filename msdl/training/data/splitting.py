"""Which images are for training, validation and test: as the source says, or else drawn by lot, class by class."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import torch
from torch import Tensor

from msdl.runtime.errors import InputError
from msdl.training.data.collection import PARTS, TEST, TRAIN, VALIDATION, Collection

FEWEST = 2  # images to train on, for batch norm


def split(collection: Collection, seed: int, validation: Fraction | None = None) -> dict[str, tuple[int, ...]]:
    """The numbers of each part's images, rising; every image is in at most one part.

    The source's test part is the test part. Where it has only a validation part, as ImageNet has, that is the test
    part and some of the training images are for validation (MSDNet, section 5). Raises InputError.
    """
    given = {part: collection.part(part) for part in PARTS}
    if given[TEST] is None:
        given[TEST], given[VALIDATION] = given[VALIDATION], None
    if given[VALIDATION] is not None and validation is not None:
        raise InputError("The data has a validation part of its own, so that no share can be asked for.")
    shares = {TEST: collection.test, VALIDATION: validation or collection.validation}
    missing = [part for part in (TEST, VALIDATION) if given[part] is None]
    parts = {part: list(numbers) for part, numbers in given.items() if numbers is not None}
    _insist_on_enough(collection, parts[TRAIN], missing)
    generator = torch.Generator().manual_seed(seed)
    for place, part in enumerate(missing, 1):
        rest = len(missing) - place + 1
        parts[part], parts[TRAIN] = _drawn(collection.labels, parts[TRAIN], shares[part], rest, generator)
    if len(parts[TRAIN]) < FEWEST:
        raise InputError(f"There is one image to train on; batch norm needs {FEWEST}.")
    return {part: tuple(parts[part]) for part in PARTS}


def _insist_on_enough(collection: Collection, numbers: Sequence[int], missing: Sequence[str]) -> None:
    if collection.masks is not None:
        if len(numbers) <= len(missing):
            raise InputError(f"The data has {_images(len(numbers))}, {_too_few(missing)}.")
        return
    counts = collection.labels[list(numbers)].bincount(minlength=len(collection.classes)).tolist()
    if sum(count > 0 for count in counts) < 2:
        raise InputError("All images that there are to train on are of one class; at least two classes are needed.")
    for name, count in zip(collection.classes, counts, strict=True):
        if 0 < count <= len(missing):
            raise InputError(f"Class '{name}' has {_images(count)}, {_too_few(missing)}.")


def _images(count: int) -> str:
    return f"{count} image{'s' if count > 1 else ''}"


def _too_few(missing: Sequence[str]) -> str:
    return f"too few to split: at least one is needed for each of {', '.join((TRAIN, *reversed(missing)))}"


def _drawn(
    labels: Tensor, numbers: Sequence[int], share: Fraction, rest: int, generator: torch.Generator
) -> tuple[list[int], list[int]]:
    """The share of every class that is drawn, and what remains: of each class one image for each of `rest` parts."""
    order = torch.tensor(numbers)[torch.randperm(len(numbers), generator=generator)]
    sizes = labels[order].bincount().tolist()
    ends = list(itertools.accumulate(sizes))[:-1]
    by_class = order[labels[order].argsort(stable=True)].tensor_split(ends)
    counts = _quotas(sizes, share, rest)
    drawn = torch.cat([members[:count] for members, count in zip(by_class, counts, strict=True)])
    left = torch.cat([members[count:] for members, count in zip(by_class, counts, strict=True)])
    return sorted(drawn.tolist()), sorted(left.tolist())


def _quotas(counts: Sequence[int], share: Fraction, rest: int) -> list[int]:
    """How many of each class are drawn: in all as many as the share of all, by largest remainders."""
    exact = [count * share for count in counts]
    quotas = [int(quota) for quota in exact]
    by_remainder = sorted(range(len(counts)), key=lambda label: quotas[label] - exact[label])
    for label in by_remainder[: round(sum(counts) * share) - sum(quotas)]:
        quotas[label] += 1
    return [min(max(quota, 1), count - rest) if count else 0 for quota, count in zip(quotas, counts, strict=True)]
