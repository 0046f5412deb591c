"""Whether all images of a data set can be read, seen before training starts rather than in its last hour."""

from __future__ import annotations

from msdl.runtime.errors import InputError
from msdl.training.data.dataset import Dataset
from msdl.training.data.parts import Decoded

FEW = 5000  # images that are decoded whole; of more the headers are read
SHOWN = 5


def verify(dataset: Dataset) -> None:
    """Decodes every image, or where there are more than 5,000 reads every header. Raises InputError."""
    parts = [part for part in (dataset.train, dataset.validation, dataset.test) if isinstance(part, Decoded)]
    whole = sum(map(len, parts)) <= FEW
    faults = [fault for part in parts for index in range(len(part)) if (fault := _fault(part, index, whole))]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        more = f"\n.. and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
        lines = "\n".join(map(str, faults[:SHOWN]))
        raise InputError(f"{len(faults)} images can't be read.\n{lines}{more}", faults[0].help)


def _fault(part: Decoded, index: int, whole: bool) -> InputError | None:
    try:
        if whole:
            part[index]
        else:
            part.check(index)
    except InputError as error:
        return error
    return None
