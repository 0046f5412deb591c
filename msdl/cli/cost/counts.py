"""What is counted of each exit, and by which convention."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from msdl.cli.wording import columns
from msdl.network.cost import ExitCost
from msdl.quantities import amount, memory

WIDTH = 80

T = TypeVar("T")


def _as_it_is(value: object, exact: bool) -> str:
    return str(value)


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column of the tables.

    `key` is its name in CSV; `title` has a line break where it may be broken; `about` is a part of the convention.
    """

    key: str
    title: str
    value: Callable[[ExitCost], T]
    shown: Callable[[T, bool], str] = _as_it_is
    about: str = ""

    @property
    def name(self) -> str:
        """Its title on one line: `parameters`, `MACs lazy`."""
        return self.title.replace("-\n", "").replace("\n", " ")

    def cell(self, exit: ExitCost, exact: bool) -> str:
        return self.shown(self.value(exit), exact)


PARAMETERS = Column(
    "parameters", "para-\nmeters", lambda e: e.parameters, amount,
    "Parameters: those of the layers and classifiers so far.",
)  # fmt: skip
GRID = Column(
    "macs_grid", "MACs\ngrid", lambda e: e.macs.grid, amount,
    "every cell of the layers so far, every classifier so far",
)  # fmt: skip
LAZY = Column(
    "macs_lazy", "MACs\nlazy", lambda e: e.macs.lazy, amount,
    "the cells that the exits so far need, and their classifiers",
)  # fmt: skip
DIRECT = Column(
    "macs_direct", "MACs\ndirect", lambda e: e.macs.direct, amount,
    "the cells that this exit alone needs, and its classifier",
)  # fmt: skip
ACTIVATIONS = Column(
    "activations", "acti-\nvations", lambda e: e.activations, amount,
    "Activations: the numbers that convolutions and linear layers put out lazily so far.",
)  # fmt: skip
STATE = Column(
    "state_bytes", "state", lambda e: e.state_bytes, memory,
    "State: what is kept for later exits (float32, one image).",
)  # fmt: skip
RECEPTIVE_FIELD = Column(
    "receptive_field", "receptive\nfield", lambda e: "x".join(map(str, e.receptive_field)),
    about="Receptive field: of the features that an exit reads, in pixels of the input.",
)  # fmt: skip

COLUMNS: tuple[Column[Any], ...] = (
    Column("exit", "exit", lambda e: e.name),
    Column("layer", "layer", lambda e: e.layer),
    Column("scale", "scale", lambda e: e.scale),
    Column("channels", "channels", lambda e: e.channels, amount),
    PARAMETERS,
    GRID,
    LAZY,
    DIRECT,
    ACTIVATIONS,
    STATE,
    RECEPTIVE_FIELD,
)


def convention(told: Sequence[Column[Any]]) -> str:
    """How the numbers of these columns are counted."""
    kinds = [column for column in told if column in (GRID, LAZY, DIRECT)]
    others = [column.about for column in told if column.about and column not in kinds]
    return "\n".join(
        [
            "MACs are the multiply-adds of convolutions and linear layers for one image",
            "(batch 1), up to an exit:",
            *columns([["", column.key.removeprefix("macs_"), column.about] for column in kinds], "<<<"),
            *textwrap.wrap(" ".join(others), WIDTH),
        ]
    )
