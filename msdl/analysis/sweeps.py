"""Sweeps, told from the ids of their cells: `enc.scale3`, or `sweep1.scale3` where the spec gives no name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from msdl.network.graph import Cell, Graph

OF_A_GRID = re.compile(r"layer\d+", re.ASCII)
Way = Literal["down", "up"]


def sweep(cell: Cell) -> str | None:
    """The name of the sweep that a cell belongs to; None for a cell of a grid or a stage, and for what is no cell."""
    name = cell.id.partition(".")[0]
    return None if cell.role != "cell" or OF_A_GRID.fullmatch(name) else name


def place(cell: Cell) -> str:
    """Where a cell is: `layer 7, scale 2`, `sweep enc at scale 3 (layer 1)`."""
    name = sweep(cell)
    return f"layer {cell.layer}, scale {cell.scale}" if name is None else f"{_called(name, cell)} (layer {cell.layer})"


def _called(name: str, cell: Cell) -> str:
    ordinal = re.fullmatch(r"sweep(\d+)", name)
    return f"sweep {ordinal[1] if ordinal else name} at scale {cell.scale}"


def ways(graph: Graph) -> Mapping[int, Way]:
    """The way of every sweep by its layer, told from which of its scales are made from which.

    A sweep without `vertical` goes neither way; its scales have nothing to do with one another.
    """
    found: dict[int, Way] = {}
    for node in graph:
        cell = node.cell
        for source in (graph[id].cell for id in node.inputs):
            if sweep(cell) and source.role == "cell" and source.layer == cell.layer and source.scale != cell.scale:
                found[cell.layer] = "up" if source.scale > cell.scale else "down"
    return found
