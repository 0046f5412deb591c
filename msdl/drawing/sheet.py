"""The sheet that a drawing is made on: how far rows and columns are apart, and where each place is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

from msdl.drawing.lattice import Lattice, Place, Row
from msdl.drawing.picture import Point

# From one column to the next; from a row of cells to its exits, from exits to more of them, to the next scale.
BETWEEN, TO_EXITS, TO_MORE_EXITS, TO_SCALE = 30.0, 24.0, 16.0, 46.0
LEFT, RIGHT, NARROWEST = 68.0, 30.0, 420.0
AROUND = 8.0
# Arcs rise with the root of the columns that they span.
LOWEST, RISE, HIGHEST = 7.0, 13.0, 100.0


@dataclass(frozen=True)
class Sheet:
    """The measures of a drawing.

    `longest` is how many columns the longest arc spans; `head` and `foot` are the heights of the titles above and of
    the legend below, `text` is the width that titles take.
    """

    lattice: Lattice
    box_width: float
    cell_height: float
    exit_height: float
    longest: int
    head: float
    text: float
    foot: float = 0.0

    @property
    def column(self) -> float:
        """From one column to the next."""
        return self.box_width + BETWEEN

    @property
    def rise(self) -> float:
        """The height that the highest arc over the boxes of a row takes; room is left above it."""
        return min(LOWEST + RISE * sqrt(self.longest), HIGHEST) if self.longest else 0.0

    @property
    def width(self) -> float:
        return max(LEFT + self.lattice.columns * self.column - BETWEEN + RIGHT, self.text, NARROWEST)

    @cached_property
    def height(self) -> float:
        rows = self.lattice.rows
        lowest = self._depths[-1] + self.height_of(rows[-1]) / 2 if rows else 0.0
        return self.head + lowest + self.foot

    @property
    def top(self) -> float:
        """Where the titles end."""
        return self.height - self.head

    def height_of(self, row: Row) -> float:
        return self.exit_height if row.role == "exits" else self.cell_height

    def y(self, row: int) -> float:
        """The middle of a row."""
        return self.top - self._depths[row]

    def at(self, place: Place) -> Point:
        return Point(LEFT + self.box_width / 2 + place.column * self.column, self.y(place.row))

    @cached_property
    def _depths(self) -> list[float]:
        """How far the middle of each row is below the titles."""
        depths: list[float] = []
        bottom = 0.0
        for number, row in enumerate(self.lattice.rows):
            middle = bottom + self._before(number) + self.height_of(row) / 2
            depths.append(middle)
            bottom = middle + self.height_of(row) / 2
        return depths

    def _before(self, number: int) -> float:
        """The room above a row."""
        row = self.lattice.rows[number]
        if row.role == "scale":
            return self.rise + (TO_SCALE if number else AROUND)
        return TO_MORE_EXITS if number and self.lattice.rows[number - 1].role == "exits" else TO_EXITS
