"""Whether all images of a data set can be read, seen before training starts rather than in its last hour."""

from __future__ import annotations

from typing import TypeGuard

from msdl.runtime.errors import InputError
from msdl.training.data.dataset import Dataset, Images
from msdl.training.data.masks import Masked
from msdl.training.data.parts import Decoded
from msdl.training.data.sources.shapes import Drawn

FEW = 5000  # images that are decoded whole; of more the headers are read
SHOWN = 5


def verify(dataset: Dataset) -> None:
    """Decodes every image, and its mask, or where there are more than 5,000 reads every header. Raises InputError."""
    parts = [part for part in (dataset.train, dataset.validation, dataset.test) if _may_fail(part)]
    whole = sum(map(len, parts)) <= FEW
    faults = [fault for part in parts for index in range(len(part)) if (fault := _fault(part, index, whole))]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        more = f"\n.. and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        lines = "\n".join(map(str, faults[:SHOWN]))
        raise InputError(f"{len(faults)} images can't be read.\n{lines}{more}", faults[0].help)
    for part in parts[:1]:
        if isinstance(part, Masked):
            _insist_on_two_classes(part)


def _insist_on_two_classes(train: Masked) -> None:
    """Looks at masks until a second class is seen; a few thousand, if need be. Raises InputError."""
    seen: set[int] = set()
    for index in range(min(len(train), FEW)):
        seen |= {value for value, count in enumerate(train.mask(index).histogram()) if count} - {train.ignored}
        if len(seen) > 1:
            return
    only = f"class {seen.pop()}" if seen else "none"
    raise InputError(
        f"All that the training masks show is {only}, besides {train.ignored}, which is ignored.",
        "the values of a mask are numbers of classes; --ignore-index says which one doesn't count",
    )


def _may_fail(part: Images) -> TypeGuard[Decoded | Masked]:
    """Whether its images are read, and not made here."""
    return isinstance(part, Decoded) or (isinstance(part, Masked) and not isinstance(part.pictures, Drawn))


def _fault(part: Decoded | Masked, index: int, whole: bool) -> InputError | None:
    try:
        if whole:
            part[index]
        else:
            part.check(index)
    except InputError as error:
        return error
    return None
