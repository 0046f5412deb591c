"""Cells -> places on the lattice: rows are scales, the finest on top; columns are layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from msdl.analysis.connections import is_first_value
from msdl.drawing.picture import TooLarge
from msdl.network.graph import Cell, Exit, Graph

# Ten times what fills a wall; networks may have 20,000 cells.
MOST_CELLS = 5_000
PASSAGES = ("between", "leave")


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


@dataclass(frozen=True, slots=True)
class Lattice:
    """Every cell and exit with its place; `layers` has the column of every layer, none where rows are stages."""

    places: Mapping[str, Place]
    cells: Mapping[str, Cell]
    rows: tuple[Row, ...]
    columns: int
    layers: Mapping[int, int]


def lattice(graph: Graph) -> Lattice:
    """The lattice of a graph.

    In a grid of `layers` the column is the layer, the stem's is 0, and exits stand below the coarsest scale. `stages`
    go through one scale after another, so each scale's row starts anew at column 0: it reads like lines of text, and
    exits stand below the row that they read. Raises TooLarge.
    """
    # Exits have rows of their own. The image has a box where it is a value of the grid; a broken one never is.
    elsewhere = {"exit"} if is_first_value(graph) else {"exit", "image"}
    cells = {node.cell.id: node.cell for node in graph if node.cell.role not in elsewhere}
    if len(cells) > MOST_CELLS:
        raise TooLarge(f"the network has {len(cells):,} cells, and {MOST_CELLS:,} are the most that are drawn")
    columns, layers = _by_layers(graph, cells) if _is_grid(graph, cells.values()) else (_by_turns(cells.values()), {})
    scales = sorted({cell.scale for cell in cells.values()})
    columns |= {exit.cell.id: _column(graph, exit, columns, layers) for exit in graph.exits}
    below = {exit.cell.id: scales[-1] if layers and scales else _above(graph, exit) for exit in graph.exits}
    cells |= {exit.cell.id: exit.cell for exit in graph.exits}
    ranks = _ranks(below, columns)
    rows = tuple(_rows(scales, below, ranks))
    numbers = {row: number for number, row in reversed([*enumerate(rows)])}
    places: dict[str, Place] = {}
    for id, cell in cells.items():
        row = numbers[Row("exits", below[id])] + ranks[id] if id in below else numbers[Row("scale", cell.scale)]
        places[id] = Place(row, columns[id])
    return Lattice(places, cells, rows, max(columns.values(), default=0) + 1, layers)


def _is_grid(graph: Graph, cells: Iterable[Cell]) -> bool:
    """Whether layers are columns: where a network has `layers` alone, or `stages` behind layers of several scales."""
    places = Counter(cell.layer for cell in cells if cell.role == "cell" and cell.layer)
    return graph.grid or max(places.values(), default=0) > 1


def _by_layers(graph: Graph, cells: Mapping[str, Cell]) -> tuple[dict[str, int], dict[int, int]]:
    """Columns by the layers; what leads into a stage stands before its first layer. Then the column of every layer."""
    keys = {id: (cell.layer, cell.role not in PASSAGES) for id, cell in cells.items()}
    of_exits = {(exit.layer, True) for exit in graph.exits}
    numbers = {key: number for number, key in enumerate(sorted({*keys.values(), *of_exits}))}
    layers = {layer: number for (layer, is_layer), number in numbers.items() if is_layer}
    return {id: numbers[key] for id, key in keys.items()}, layers


def _by_turns(cells: Iterable[Cell]) -> dict[str, int]:
    turns: Counter[int] = Counter()
    columns: dict[str, int] = {}
    for cell in cells:
        columns[cell.id] = turns[cell.scale]
        turns[cell.scale] += 1
    return columns


def _column(graph: Graph, exit: Exit, columns: Mapping[str, int], layers: Mapping[int, int]) -> int:
    """The column of the layer that an exit stands behind; in stages that of the cell it reads."""
    return layers.get(exit.layer, columns.get(graph[exit.features].cell.id, 0))


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
