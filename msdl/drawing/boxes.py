"""Cells and exits -> boxes: what is written in each, how it is filled, where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.drawing.contents import Content
from msdl.drawing.lattice import Lattice
from msdl.drawing.picture import Box, State
from msdl.drawing.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes by the ids of their cells, on a sheet of this size."""

    width: float
    height: float
    lattice: Lattice
    by_id: Mapping[str, Box]


def boxes(
    sheet: Sheet, contents: Mapping[str, Content], states: Mapping[str, State], failed: Mapping[str, str]
) -> Boxes:
    """A box for every cell and every exit; `failed` says what is wrong in which cells."""
    made = {id: _box(sheet, id, content, states[id], failed.get(id, "")) for id, content in contents.items()}
    return Boxes(sheet.width, sheet.height, sheet.lattice, made)


def _box(sheet: Sheet, id: str, content: Content, state: State, mistake: str) -> Box:
    at = sheet.at(sheet.lattice.places[id])
    is_exit = sheet.lattice.cells[id].role == "exit"
    return Box(
        id, "exit" if is_exit else "cell", at.x, at.y, sheet.box_width,
        sheet.exit_height if is_exit else sheet.cell_height,
        content.lines, state, f"{content.facts}; {mistake}" if mistake else content.facts, content.shade,
        content.order, content.is_map,
    )  # fmt: skip
