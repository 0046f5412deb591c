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
    """What the operator before put out."""


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


Operand = Read | Previous | Weight | Constant
Attributes = Mapping[str, int | float | str | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of opset 18, which puts out one tensor."""

    kind: str
    operands: tuple[Operand, ...]
    attributes: Attributes = field(default_factory=dict)


IDENTITY = Operator("Identity", (Read(),))


def scalar(number: float) -> Constant:
    return Constant(np.array(number, np.float32))


def integers(*numbers: int) -> Constant:
    """A vector, as shapes and places are given."""
    return Constant(np.array(numbers, np.int64))
