"""What a layer becomes: a line of ONNX operators, as data that knows neither weights nor onnx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Read:
    """A value that the layer reads, by its place among them."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Previous:
    """What an operator of the same layer put out, `back` before this one; of several outputs, that of this number."""

    back: int = 1
    output: int = 0


@dataclass(frozen=True, slots=True)
class Absent:
    """An input that an operator can do without."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A tensor that the layer learned, one of `msdl.network.tensors`, by its name behind the id of its node.

    So many of its last axes, of length 1, are left out.
    """

    name: str
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Constant:
    """Numbers that follow from the layer alone."""

    value: Array


Operand = Read | Previous | Absent | Weight | Constant
Attributes = Mapping[str, int | float | str | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of opset 18, and how many tensors it puts out."""

    kind: str
    operands: tuple[Operand, ...]
    attributes: Attributes = field(default_factory=dict)
    outputs: int = 1


IDENTITY = Operator("Identity", (Read(),))


def scalar(number: float) -> Constant:
    return Constant(np.array(number, np.float32))


def integers(*numbers: int) -> Constant:
    """A vector, as shapes and places are given."""
    return Constant(np.array(numbers, np.int64))
