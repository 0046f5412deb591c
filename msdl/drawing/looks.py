"""How lines and boxes look, for every backend: told apart by colour and by line style, readable in grey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msdl.drawing.picture import LineKind, State

FONT = "Helvetica"
INK, GREY, FAINT, PAPER = "#1a1a1a", "#8c8c8c", "#c8c8c8", "#ffffff"


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line's colour, style, width in points, and the head of its arrow."""

    color: str
    style: Literal["solid", "dashed", "dotted"]
    width: float = 0.8
    head: Literal["normal", "onormal", "vee", "odiamond"] = "normal"


# The colours of Okabe and Ito (2008), which people with any kind of colour vision tell apart.
STROKES: Mapping[LineKind, Stroke] = {
    "horizontal": Stroke("#0072B2", "solid"),
    "diagonal": Stroke("#D55E00", "dashed"),
    "vertical": Stroke("#009E73", "dotted", 1.2),
    "up": Stroke("#E69F00", "dashed", head="onormal"),
    "from": Stroke("#56B4E9", "dotted", 1.2, head="onormal"),
    "residual": Stroke("#666666", "solid", 0.6, head="onormal"),
    "layer": Stroke("#0072B2", "solid"),
    "between": Stroke("#D55E00", "dashed"),
    "leave": Stroke("#D55E00", "dashed", head="onormal"),
    "exit": Stroke("#CC79A7", "solid", 1.4, head="vee"),
    "op": Stroke("#1a1a1a", "solid", 0.6, head="vee"),
}
BOLD = 2.5


@dataclass(frozen=True, slots=True)
class Fill:
    """A box's inside, its border and its words."""

    inside: str
    border: str
    words: str
    style: Literal["solid", "dashed"] = "solid"


FILLS: Mapping[State, Fill] = {
    "plain": Fill("#f4f7fa", "#4d4d4d", INK),
    "needed": Fill("#cfe8f7", "#0072B2", INK),
    "skipped": Fill("#f2f2f2", FAINT, GREY, "dashed"),
    "later": Fill(PAPER, FAINT, GREY),
    "failed": Fill("#fbd5d5", "#c00000", "#800000"),
    "unknown": Fill(PAPER, GREY, GREY, "dashed"),
}
EXIT = Fill("#f7e3ee", "#CC79A7", INK)


def shaded(part: float) -> str:
    """The colour of a cost, from 0 to 1: light to a blue on which black is still read."""
    light, dark = (247, 251, 255), (107, 174, 214)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(light, dark, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
