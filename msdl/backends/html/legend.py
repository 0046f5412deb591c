"""The legend of a picture, read back from where it stands: the page has one of its own, which doesn't scroll away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msdl.drawing.looks import BOLD, STROKES, edge, fill
from msdl.drawing.picture import Mark, Picture, Swatch, Words

DASHES = {"solid": "none", "dashed": "5 2", "dotted": "1 4"}
# Lines of a drawing's width are hardly seen between the larger words of a page.
WIDER = 0.6


@dataclass(frozen=True, slots=True)
class Stroke:
    """How the sample of a line is drawn."""

    color: str
    dashes: str
    width: float


@dataclass(frozen=True, slots=True)
class Entry:
    """What is explained: a kind of line by its stroke, or what boxes are by the insides and borders of some.

    `kind` is empty but for the kinds of lines, which the page's script looks up here; `sign` is the colour of the sign
    of maps.
    """

    said: str
    kind: str
    stroke: Stroke | None
    fills: tuple[tuple[str, str], ...]
    sign: str = ""

    @property
    def colors(self) -> Iterator[str]:
        if self.stroke is not None:
            yield self.stroke.color
        for inside, border in self.fills:
            yield from (inside, border)
        if self.sign:
            yield self.sign


def legend(picture: Picture) -> list[Entry]:
    """Its entries, row by row; a sample belongs to the words right of it."""
    found = []
    y, x = 0.0, 0.0
    for words in sorted(_words(picture), key=lambda words: (-words.at.y, words.at.x)):
        if words.at.y != y:
            y, x = words.at.y, 0.0
        found.append(_entry(picture, words, x))
        x = words.at.x
    return found


def _words(picture: Picture) -> Iterator[Words]:
    return (words for words in picture.words if words.role == "legend")


def _entry(picture: Picture, words: Words, behind: float) -> Entry:
    low, high = behind, words.at.x
    samples = (mark for mark in picture.marks if mark.role == "sample")
    mark = next((each for each in samples if each.end.y == words.at.y and low < each.end.x < high), None)
    swatches = [each for each in picture.swatches if each.y == words.at.y and low < each.x < high]
    kind = mark.kind if mark is not None and mark.kind and not mark.bold else ""
    sign = next((each for each in picture.signs if not each.of and each.y == words.at.y and low < each.x < high), None)
    colour = edge(sign).lower() if sign else ""
    return Entry(words.text, kind, _stroke(mark), tuple(map(_fill, swatches)), colour)


def _stroke(mark: Mark | None) -> Stroke | None:
    if mark is None or mark.kind is None:
        return None
    look = STROKES[mark.kind]
    return Stroke(look.color.lower(), DASHES[look.style], (BOLD if mark.bold else look.width) + WIDER)


def _fill(swatch: Swatch) -> tuple[str, str]:
    look = fill(swatch)
    return look.inside.lower(), look.border.lower()
