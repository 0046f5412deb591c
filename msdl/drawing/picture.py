"""A drawing as data: boxes, lines, bands, marks and words with their places. Backends give it ink.

Lengths are points (1/72 inch); y grows upwards, as in Graphviz and TikZ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple


class Point(NamedTuple):
    x: float
    y: float


BandRole = Literal["transition", "cell"]
State = Literal["plain", "needed", "skipped", "later", "failed", "unknown"]
LineKind = Literal[
    "vertical", "horizontal", "diagonal", "up", "from", "unpool", "residual", "dense", "layer", "between", "leave",
    "exit", "op",
]  # fmt: skip


WordsRole = Literal["title", "caption", "row", "column", "legend", "error"]


@dataclass(frozen=True, slots=True)
class Box:
    """A cell of the grid, an exit or a single op; `x` and `y` are its middle.

    `id` is that of the cell or node, the SVG's id as well. `lines` is what is written in it. `shade` is the part of the
    dearest cell's MACs that it takes, from 0 to 1, where costs are shown; `order` its number in the lazy schedule,
    where that is. `is_map` tells that an exit puts out a map, a prediction for each pixel.
    """

    id: str
    role: Literal["cell", "exit", "op"]
    x: float
    y: float
    width: float
    height: float
    lines: tuple[str, ...]
    state: State = "plain"
    tooltip: str = ""
    shade: float | None = None
    order: int | None = None
    is_map: bool = False

    @property
    def left(self) -> Point:
        return Point(self.x - self.width / 2, self.y)

    @property
    def right(self) -> Point:
        return Point(self.x + self.width / 2, self.y)

    @property
    def top(self) -> Point:
        return Point(self.x, self.y + self.height / 2)

    @property
    def bottom(self) -> Point:
        return Point(self.x, self.y - self.height / 2)


@dataclass(frozen=True, slots=True)
class Line:
    """A connection, as cubic Bezier curves: a start and three points a curve; the arrow is at the last.

    `sources` are the ids of all boxes that it stands for: one, or the earlier ones too where dense connections are
    folded (`bold`). `dense` tells that it comes from an earlier cell than the one whose value is read. `state` is
    "plain", "needed" or, greyed, "skipped" or "later".
    """

    id: str
    kind: LineKind
    source: str
    target: str
    points: tuple[Point, ...]
    sources: tuple[str, ...]
    state: State = "plain"
    tooltip: str = ""
    dense: bool = False

    @property
    def bold(self) -> bool:
        return len(self.sources) > 1


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch behind the boxes: a transition, or in `--detail ops` a cell around its ops."""

    id: str
    role: BandRole
    low: Point
    high: Point
    label: str = ""
    state: State = "plain"


@dataclass(frozen=True, slots=True)
class Mark:
    """A stroke that is no connection: where a scale ends, and the sample of a line in the legend."""

    role: Literal["end", "sample"]
    start: Point
    end: Point
    kind: LineKind | None = None
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Swatch:
    """A sample of a box's fill, in the legend; `x` and `y` are its middle."""

    role: Literal["cell", "exit"]
    x: float
    y: float
    width: float
    height: float
    state: State = "plain"
    shade: float | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """A small grid that says of an exit that it puts out a map: on the edge of its box `of`, or in the legend.

    `x` and `y` are its middle, `size` is the length of its sides.
    """

    of: str | None
    x: float
    y: float
    size: float
    state: State = "plain"


@dataclass(frozen=True, slots=True)
class Words:
    """A text and where it stands: its middle, or its start where `align` is "left"."""

    role: WordsRole
    at: Point
    text: str
    align: Literal["left", "middle"] = "middle"


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing of a network; all places lie within (0, 0) and (width, height)."""

    name: str
    width: float
    height: float
    bands: tuple[Band, ...]
    lines: tuple[Line, ...]
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]
    words: tuple[Words, ...]
    swatches: tuple[Swatch, ...] = ()
    signs: tuple[Sign, ...] = ()

    def __iter__(self) -> Iterator[Box]:
        return iter(self.boxes)


class TooLarge(ValueError):
    """A drawing that nobody could look at, and that would take all memory; the message says what would do."""


@dataclass(frozen=True, slots=True)
class View:
    """What of a network is to be seen: `msdl draw`'s options.

    `exit` is the ordinal from 0 of the exit whose cells are coloured; `dense` how dense connections are drawn: each
    (`all`), in one bold line (`fold`), or as many as stay readable (`auto`).
    """

    exit: int | None = None
    order: bool = False
    cost: bool = False
    dense: Literal["auto", "all", "fold"] = "auto"
    detail: Literal["cells", "ops"] = "cells"
