"""Cells -> places on the lattice: rows are scales, the finest on top; columns are layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

from msdl.analysis.connections import is_first_value
from msdl.drawing.columns import Columns, columns
from msdl.drawing.picture import TooLarge
from msdl.network.graph import Cell, Exit, Graph

# Ten times what fills a wall; networks may have 20,000 cells.
MOST_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Place:
    """Row and column, from 0, on the lattice."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the lattice: a scale's cells, or exits that stand below them."""

    role: Literal["scale", "exits"]
    scale: int


@dataclass(frozen=True)
class Lattice:
    """Every cell and exit with its place.

    `headings` says which layer or sweep stands in which column; `is_grid` tells that layers are columns, rather than
    that rows are stages.
    """

    places: Mapping[str, Place]
    cells: Mapping[str, Cell]
    rows: tuple[Row, ...]
    columns: int
    headings: Mapping[int, str]
    is_grid: bool

    @cached_property
    def _taken(self) -> frozenset[Place]:
        return frozenset(self.places.values())

    def is_free(self, rows: Iterable[int], columns: Iterable[int]) -> bool:
        """Whether nothing stands where these rows and columns meet."""
        return not any(Place(row, column) in self._taken for row, column in product(rows, columns))


def lattice(graph: Graph) -> Lattice:
    """The lattice of a graph.

    Exits stand below: in a grid below the coarsest scale, in stages below the row that they read; or beside the sweep
    that they read, in its row. Raises TooLarge.
    """
    # Exits have places of their own. The image has a box where it is a value of the grid; a broken one never is.
    elsewhere = {"exit"} if is_first_value(graph) else {"exit", "image"}
    cells = {node.cell.id: node.cell for node in graph if node.cell.role not in elsewhere}
    if len(cells) > MOST_CELLS:
        raise TooLarge(f"the network has {len(cells):,} cells, and {MOST_CELLS:,} are the most that are drawn")
    laid = columns(graph, cells)
    scales = sorted({cell.scale for cell in cells.values()})
    standing = {exit.cell.id: exit for exit in graph.exits if exit.cell.id not in laid.of}
    column = {**laid.of, **{id: _column(graph, exit, laid) for id, exit in standing.items()}}
    coarsest = scales[-1] if laid.is_grid and scales else None
    below = {id: coarsest or _above(graph, exit) for id, exit in standing.items()}
    cells |= {exit.cell.id: exit.cell for exit in graph.exits}
    ranks = _ranks(below, column)
    rows = tuple(_rows(scales, below, ranks))
    numbers = {row: number for number, row in reversed([*enumerate(rows)])}
    places: dict[str, Place] = {}
    for id, cell in cells.items():
        row = numbers[Row("exits", below[id])] + ranks[id] if id in below else numbers[Row("scale", cell.scale)]
        places[id] = Place(row, column[id])
    return Lattice(places, cells, rows, max(column.values(), default=0) + 1, laid.headings, laid.is_grid)


def _column(graph: Graph, exit: Exit, laid: Columns) -> int:
    """The column of the layer that an exit stands behind; in stages that of the cell it reads."""
    return laid.layers.get(exit.layer, laid.of.get(graph[exit.features].cell.id, 0))


def _above(graph: Graph, exit: Exit) -> int:
    """The scale below which an exit of stages stands: that of the cell it reads."""
    return graph[exit.features].cell.scale


def _ranks(below: Mapping[str, int], columns: Mapping[str, int]) -> dict[str, int]:
    """How many exits stand above each in its column: later ones go further down."""
    taken: Counter[tuple[int, int]] = Counter()
    ranks: dict[str, int] = {}
    for id, scale in below.items():
        ranks[id] = taken[scale, columns[id]]
        taken[scale, columns[id]] += 1
    return ranks


def _rows(scales: list[int], below: Mapping[str, int], ranks: Mapping[str, int]) -> Iterable[Row]:
    for scale in sorted({*scales, *below.values()}):
        if scale in scales:
            yield Row("scale", scale)
        deepest = max((ranks[id] for id, above in below.items() if above == scale), default=-1)
        yield from [Row("exits", scale)] * (deepest + 1)
