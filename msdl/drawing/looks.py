"""How lines, boxes and words look, for every backend: told apart by colour and by line style, readable in grey."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msdl.drawing.picture import BandRole, Box, Line, LineKind, Sign, State, Swatch, WordsRole

FONT = "Helvetica"
INK, GREY, FAINT, PAPER, ALARM = "#1a1a1a", "#767676", "#c8c8c8", "#ffffff", "#c00000"
# Sizes of type in points: that in boxes, that of a band's label, and those of words by their role.
TEXT, LABEL = 9.0, 8.0
SIZES: Mapping[WordsRole, float] = {"title": 15, "caption": 10, "row": 10, "column": 9, "legend": 9, "error": 10}


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
    "up": Stroke("#E69F00", "dotted", 1.4, head="onormal"),
    "from": Stroke("#56B4E9", "dashed", 1.0, head="onormal"),
    # The wine of Tol's muted colours, which goes with them.
    "unpool": Stroke("#882255", "dashed", 1.0, head="odiamond"),
    "residual": Stroke("#666666", "solid", 0.6, head="onormal"),
    "dense": Stroke("#666666", "dotted", 1.2),
    "layer": Stroke("#0072B2", "solid"),
    "between": Stroke("#D55E00", "dashed"),
    "leave": Stroke("#D55E00", "dashed", head="onormal"),
    "exit": Stroke("#CC79A7", "solid", 1.4, head="vee"),
    "op": Stroke("#1a1a1a", "solid", 0.6, head="vee"),
}
BOLD = 2.5
# A dense connection is one of many: thin, and the ink beneath it shows through.
THIN, THROUGH = 0.7, "b0"
# What an exit doesn't need: grey where an earlier layer computes it for others, fainter behind the exit.
FADED: Mapping[State, str] = {"skipped": FAINT, "later": "#e4e4e4"}


def width(line: Line) -> float:
    """How wide a connection is drawn."""
    if line.bold:
        return BOLD
    return min(THIN, STROKES[line.kind].width) if line.dense else STROKES[line.kind].width


def color(line: Line) -> str:
    """A connection's colour, its last two digits perhaps how little shines through."""
    if line.state in FADED:
        return FADED[line.state]
    return STROKES[line.kind].color + (THROUGH if line.dense else "")


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
    "later": Fill(PAPER, "#dddddd", "#a0a0a0"),
    "failed": Fill("#fbd5d5", ALARM, "#800000"),
    "unknown": Fill(PAPER, GREY, GREY, "dashed"),
}
# Behind the boxes: a transition's band over the layers, and a cell around its ops.
BANDS: Mapping[BandRole, Fill] = {
    "transition": Fill("#fdf6e3", GREY, GREY, "dashed"),
    "cell": Fill("#fafafa", FAINT, GREY),
}
EXIT = Fill("#f7e3ee", "#CC79A7", INK)
ALIVE = ("plain", "needed")


def edge(sign: Sign) -> str:
    """The colour of a sign's lines: that of the border of its box."""
    return (EXIT if sign.state in ALIVE else FILLS[sign.state]).border


def fill(of: Box | Swatch) -> Fill:
    """How a box is filled, or its sample in the legend."""
    found = EXIT if of.role == "exit" and of.state in ALIVE else FILLS[of.state]
    if of.shade is None or of.state not in ALIVE:
        return found
    return Fill(shaded(of.shade), found.border, found.words, found.style)


def shaded(part: float) -> str:
    """The colour of a cost, from 0 to 1: light to a blue on which black is still read."""
    light, dark = (247, 251, 255), (107, 174, 214)
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(light, dark, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


# Widths of letters in units of their size, of DejaVu Sans: wider than Helvetica, whose place it takes where that lacks.
NARROW, WIDE = frozenset("fijlrtI.,:;|!'()[]-/ "), frozenset("mwMW@%")
OF_NARROW, OF_ANY, OF_CAPITALS, OF_WIDE = 0.42, 0.64, 0.79, 1.0


def breadth(text: str, size: float) -> float:
    """How wide a line of text is at most, in points."""
    return size * sum(map(_of_letter, text))


def _of_letter(letter: str) -> float:
    if letter in NARROW:
        return OF_NARROW
    if letter in WIDE or not letter.isascii():
        return OF_WIDE
    return OF_CAPITALS if letter.isupper() else OF_ANY


def cut(text: str, most: int) -> str:
    """A text of so many letters at most; of a longer one the beginning."""
    return text if len(text) <= most else text[: most - 1] + "…"
