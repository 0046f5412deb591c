"""Cells -> columns of the lattice: layers in a grid, turns within a stage, sweeps right of what they read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msdl.analysis.sweeps import Way, sweep, ways
from msdl.network.graph import Cell, Graph

PASSAGES = ("between", "leave")


class Turn(NamedTuple):
    """What shares a column, in order: what leads into a layer, the layer, and beside a sweep the exits that read it."""

    layer: int
    nth: int


BEFORE, LAYER, BESIDE = -1, 0, 1


@dataclass(frozen=True, slots=True)
class Columns:
    """The column of every cell, and of every exit that stands beside a sweep; other exits stand below their cells.

    `layers` has the column of every layer that has one, `headings` what is written over columns.
    """

    of: Mapping[str, int]
    layers: Mapping[int, int]
    headings: Mapping[int, str]
    is_grid: bool


def columns(graph: Graph, cells: Mapping[str, Cell]) -> Columns:
    """The columns of a graph with these cells.

    In a grid of `layers` the column is the layer, the stem's is 0. `stages` go through one scale after another, so each
    scale's row starts anew at column 0: it reads like lines of text. Sweeps stand right of either, one a column. What
    a sweep down leaves below the sweep up that follows stands between the two: that is the bottom of a U.
    """
    swept = {id for id, cell in cells.items() if sweep(cell)}
    others = {id: cell for id, cell in cells.items() if id not in swept}
    first = min((cells[id].layer for id in swept), default=0)
    by_turns = not _is_grid(graph, others.values()) and all(cell.layer < first for cell in others.values() if swept)
    turns = _turns(graph, cells if not by_turns else {id: cells[id] for id in swept})
    standing = _by_turns(others.values()) if by_turns else {}
    start = max(standing.values(), default=-1) + 1
    numbers = {turn: start + number for number, turn in enumerate(sorted({*turns.values()}))}
    layers = {turn.layer: column for turn, column in numbers.items() if turn.nth == LAYER}
    names = {cell.layer: name for cell in cells.values() if (name := sweep(cell))}
    return Columns(
        {**standing, **{id: numbers[turn] for id, turn in turns.items()}},
        layers,
        {column: names.get(layer, f"layer {layer}") for layer, column in layers.items()},
        not by_turns,
    )


def _is_grid(graph: Graph, cells: Iterable[Cell]) -> bool:
    """Whether layers are columns: where a network has `layers` alone, or `stages` behind layers of several scales."""
    places = Counter(cell.layer for cell in cells if cell.role == "cell" and cell.layer)
    return graph.grid or max(places.values(), default=0) > 1


def _by_turns(cells: Iterable[Cell]) -> dict[str, int]:
    turns: Counter[int] = Counter()
    columns: dict[str, int] = {}
    for cell in cells:
        columns[cell.id] = turns[cell.scale]
        turns[cell.scale] += 1
    return columns


def _turns(graph: Graph, cells: Mapping[str, Cell]) -> dict[str, Turn]:
    """Columns by the layers; what leads into a stage stands before its first layer, exits beside the sweep they read.

    A layer that has nothing but exits has a column as well.
    """
    found = {id: Turn(cell.layer, BEFORE if cell.role in PASSAGES else LAYER) for id, cell in cells.items()}
    found |= _bottoms(cells, ways(graph))
    sweeps = {cell.layer for cell in cells.values() if sweep(cell)}
    taken: Counter[tuple[int, int]] = Counter()
    for exit in graph.exits:
        if exit.layer in sweeps:
            place = exit.layer, exit.scale
            found[exit.cell.id] = Turn(exit.layer, BESIDE + taken[place])
            taken[place] += 1
    return found


def _bottoms(cells: Mapping[str, Cell], directions: Mapping[int, Way]) -> dict[str, Turn]:
    """The cells below a sweep up that the layer before it, a sweep down or the network's first maps, ends in."""
    deepest = {cell.layer: cell.scale for cell in sorted(cells.values(), key=lambda cell: cell.scale) if sweep(cell)}
    return {
        id: Turn(cell.layer + 1, BEFORE)
        for id, cell in cells.items()
        if directions.get(cell.layer + 1) == "up"
        and (cell.layer == 0 or directions.get(cell.layer) == "down")
        and cell.scale > deepest[cell.layer + 1]
    }
