"""What a network asks of its data: images of a shape, with a class each or with a class for every pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msdl.runtime import record
from msdl.runtime.preprocessing import Shape

IGNORED = 255  # as PASCAL VOC marks the pixels that nobody is judged by (Everingham et al. 2010)
MOST_CLASSES = 256


@dataclass(frozen=True)
class Masking:
    """A class for every pixel is asked for: a mask beside every image.

    `ignored` is the number, from 0 to 255, of pixels that don't count; `column` names the masks' column of a table,
    empty for the one that is found.
    """

    ignored: int = IGNORED
    column: str = ""

    def as_json(self) -> dict[str, Any]:
        return {"ignore_index": self.ignored, "column": self.column}

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Masking:
        """Raises ValueError."""
        ignored, column = record.field(data, "ignore_index", int), record.field(data, "column", str)
        if not 0 <= ignored < MOST_CLASSES:
            raise ValueError("'ignore_index' is not from 0 to 255")
        return cls(ignored, column)


@dataclass(frozen=True)
class Request:
    """`classes` is None where any number of them will do; `masking` where a class for every image is asked for.

    `image_column` names the images' column of a table, empty for the one that is found.
    """

    shape: Shape
    classes: int | None = None
    masking: Masking | None = None
    image_column: str = ""
