"""The legend: a sample of every kind of line and box that occurs, in as many rows as the sheet's width needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from msdl.drawing.contents import LONGEST_NAME
from msdl.drawing.looks import SIZES, breadth, cut
from msdl.drawing.picture import LineKind, Mark, Point, Sign, State, Swatch, Words
from msdl.drawing.sheet import AROUND
from msdl.quantities import amount

SAMPLE, GAP, BETWEEN, LINE, FOOT = 26.0, 5.0, 22.0, 17.0, 18.0
HIGH = 10.0
SHADES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: a line, fills side by side, or the sign of a map, and what they mean."""

    text: str
    kind: LineKind | None = None
    bold: bool = False
    fills: tuple[tuple[State, float | None], ...] = ()
    sign: bool = False

    @property
    def sample(self) -> float:
        """The width of its sample."""
        if self.sign:
            return HIGH
        return SAMPLE if self.kind else SAMPLE * max(len(self.fills) * 0.6, 0.8) if self.fills else 0.0

    @property
    def width(self) -> float:
        return self.sample + GAP + breadth(self.text, SIZES["legend"])


class Legend(NamedTuple):
    marks: tuple[Mark, ...]
    swatches: tuple[Swatch, ...]
    words: tuple[Words, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a drawing shows: kinds of lines, the first one that is folded, states of boxes, and what the view adds.

    `exit` is the name of the exit that is looked at; `dearest` are the MACs of the darkest box, where boxes are shaded.
    `maps` tells that some exits put out maps.
    """

    kinds: tuple[LineKind, ...]
    folded: LineKind | None
    states: Collection[State]
    exit: str | None = None
    dearest: int | None = None
    ordered: bool = False
    maps: bool = False


def items(shown: Shown) -> tuple[Item, ...]:
    """What there is to explain."""
    found = [Item(kind, kind) for kind in shown.kinds]
    if shown.folded is not None:
        found.append(Item("and all before it", shown.folded, bold=True))
    if shown.maps:
        found.append(Item("an exit that is a map", sign=True))
    found += [Item(text, fills=((state, None),)) for state, text in _meanings(shown.exit) if state in shown.states]
    if shown.dearest is not None:
        fills: list[tuple[State, float | None]] = [("plain", part) for part in SHADES]
        found.append(Item(f"0 to {amount(shown.dearest)} MACs", fills=tuple(fills)))
    if shown.ordered:
        found.append(Item("1, 2, ..: the order of lazy evaluation"))
    return tuple(found)


def _meanings(exit: str | None) -> Iterator[tuple[State, str]]:
    if exit is not None:
        name = cut(exit, LONGEST_NAME)
        yield "needed", f"{name} needs it"
        yield "skipped", f"{name} skips it"
        yield "later", "later layers"
    yield "failed", "an error stands here"
    yield "unknown", "unknown behind an error"


def rows(entries: Iterable[Item], width: float) -> list[list[Item]]:
    """The entries in rows that fit a width."""
    found: list[list[Item]] = [[]]
    x = 0.0
    for entry in entries:
        if found[-1] and x + entry.width > width - 2 * AROUND:
            found.append([])
            x = 0.0
        found[-1].append(entry)
        x += entry.width + BETWEEN
    return found


def foot(entries: Iterable[Item], width: float) -> float:
    """The height that the legend takes."""
    return 2 * FOOT + LINE * len(rows(entries, width))


def legend(entries: Iterable[Item], width: float) -> Legend:
    """The entries, row by row from the top, at the foot of a sheet of this width."""
    marks: list[Mark] = []
    swatches: list[Swatch] = []
    words: list[Words] = []
    signs: list[Sign] = []
    for number, row in enumerate(reversed(rows(entries, width))):
        x, y = AROUND, FOOT + LINE * number
        for entry in row:
            if entry.kind is not None:
                marks.append(Mark("sample", Point(x, y), Point(x + SAMPLE, y), entry.kind, entry.bold))
            if entry.sign:
                signs.append(Sign(None, x + entry.sample / 2, y, entry.sample))
            swatches += _swatches(entry, Point(x, y))
            words.append(Words("legend", Point(x + entry.sample + GAP, y), entry.text, "left"))
            x += entry.width + BETWEEN
    return Legend(tuple(marks), tuple(swatches), tuple(words), tuple(signs))


def _swatches(entry: Item, at: Point) -> Iterator[Swatch]:
    """The fills side by side; `at` is the middle of their left side."""
    wide = entry.sample / max(len(entry.fills), 1)
    for number, (state, shade) in enumerate(entry.fills):
        yield Swatch("cell", at.x + (number + 0.5) * wide, at.y, wide, HIGH, state, shade)
