"""Cells -> places on the lattice: rows are scales, the finest on top; columns are layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from msdl.network.graph import Cell, Exit, Graph


@dataclass(frozen=True, slots=True)
class Place:
    """Row and column, from 0, on the lattice; exits stand in the rows behind the coarsest scale."""

    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Lattice:
    """Every cell and exit with its place; `scales` are the rows of cells, `rows` those of exits as well."""

    places: Mapping[str, Place]
    cells: Mapping[str, Cell]
    scales: int
    rows: int
    columns: int


def lattice(graph: Graph) -> Lattice:
    """The lattice of a graph.

    In a grid of `layers` the column is the layer, the stem's is 0. `stages` go through one scale after another, so
    each scale's row starts anew at column 0: it reads like lines of text.
    """
    cells = {node.cell.id: node.cell for node in graph.layers}
    inner = [cell for cell in cells.values() if cell.role != "exit"]
    places = _by_layers(inner) if graph.grid else _by_turns(inner)
    scales = max((place.row for place in places.values()), default=0) + 1
    places |= _of_exits(graph, places, cells, scales)
    rows = max((place.row for place in places.values()), default=0) + 1
    columns = max((place.column for place in places.values()), default=0) + 1
    return Lattice(places, cells, scales, rows, columns)


def _by_layers(cells: list[Cell]) -> dict[str, Place]:
    return {cell.id: Place(cell.scale - 1, cell.layer) for cell in cells}


def _by_turns(cells: list[Cell]) -> dict[str, Place]:
    turns: dict[int, int] = defaultdict(int)
    places: dict[str, Place] = {}
    for cell in cells:
        places[cell.id] = Place(cell.scale - 1, turns[cell.scale])
        turns[cell.scale] += 1
    return places


def _of_exits(graph: Graph, places: Mapping[str, Place], cells: dict[str, Cell], scales: int) -> dict[str, Place]:
    """Exits stand below the cell that they read, in the first row that is free there."""
    taken: dict[int, int] = defaultdict(int)
    found: dict[str, Place] = {}
    for exit in graph.exits:
        column = _column(graph, exit, places)
        found[exit.cell.id] = Place(scales + taken[column], column)
        cells[exit.cell.id] = exit.cell
        taken[column] += 1
    return found


def _column(graph: Graph, exit: Exit, places: Mapping[str, Place]) -> int:
    """The column of the layer that an exit stands behind; where layers have none, that of the cell it reads."""
    if graph.grid:
        return exit.layer
    read = places.get(graph[exit.features].cell.id)
    return 0 if read is None else read.column
