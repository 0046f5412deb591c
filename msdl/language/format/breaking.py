"""A statement -> lines: broken where the language lets it go on, at the loosest place first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from msdl.language.format.brackets import CLOSING, enclosing
from msdl.language.format.reading import Word
from msdl.language.format.spacing import ENDS_AN_OPERAND

WIDTH = 100
CONTINUED = 4

# How loosely the words on both sides of a place hang together, by the token before the place.
LOOSENESS = {
    "COLON": 0, "EQUAL": 0, "COMMA": 1, "ELSE": 2, "WHEN": 3, "OR": 5, "AND": 6, "COMPARE": 7, "PLUS": 8, "MINUS": 8,
    "STAR": 9, "PERCENT": 9,
}  # fmt: skip
BEFORE_AN_ARROW, BETWEEN_GROUPS, BETWEEN_WORDS = 4, 10, 11


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the layout: its words, and the comment behind them."""

    indent: int
    text: str
    comment: str = ""

    @property
    def width(self) -> int:
        """Columns up to the comment."""
        return self.indent + len(self.text)


def broken(words: Sequence[Word], spaces: Sequence[str], indent: int, comment: str) -> Iterator[Line]:
    """The lines of a statement; `comment` stands behind its end.

    A comment inside it ends its line, and one alone on its line stays so. Continuation lines are indented by four, and
    in a bracket by four more than the line on which it opens.
    """
    breaker = _Breaker(words, spaces, indent)
    lines = zip([*breaker.starts, len(words)], [*breaker.indents, indent], strict=True)
    for (first, own), (last, following) in pairwise(lines):
        text = words[first].text + "".join(spaces[n] + words[n].text for n in range(first + 1, last))
        behind = [*words[last - 1].comments]
        at_end = behind.pop(0).text if behind and not behind[0].alone else ""
        yield Line(own, text, comment if last == len(words) else at_end)
        closes = last < len(words) and words[last].kind in CLOSING
        yield from (Line(following + (CONTINUED if closes else 0), "", remark.text) for remark in behind)


class _Breaker:
    """Finds where the lines of one statement start, and how far each is indented."""

    def __init__(self, words: Sequence[Word], spaces: Sequence[str], indent: int) -> None:
        self.words = words
        self.spaces = spaces
        self.brackets = [*enclosing(words)]
        self.looseness = [self._looseness(number) for number in range(len(words))]
        lengths = (len(space) + len(word.text) for word, space in zip(words, spaces, strict=True))
        self.ends = [0, *accumulate(lengths)]
        self.starts = [0]
        self.indents = [indent]
        forced = [number for number, word in enumerate(words, start=1) if word.comments]
        for first, last in pairwise([0, *forced, len(words)]):
            self._break(first, last, self._start(first) if first else indent)

    def _start(self, number: int) -> int:
        """Begins a line with a word, and returns how far it is indented."""
        self.indents.append(self._indentation(number))
        self.starts.append(number)
        return self.indents[-1]

    def _indentation(self, number: int) -> int:
        """How far a line is indented that begins with this word."""
        around = self.brackets[number]
        line = bisect_right(self.starts, around[-1]) - 1 if around else 0
        return self.indents[line] + (0 if self.words[number].kind in CLOSING else CONTINUED)

    def _looseness(self, number: int) -> tuple[int, int] | None:
        """How loosely a word hangs on the one before it, loosest first; none where they can't be parted."""
        if number == 0:
            return None
        kind, before, depth = self.words[number].kind, self.words[number - 1].kind, len(self.brackets[number])
        if not self.spaces[number] or (before == "EQUAL" and depth):
            return None
        if kind == "_ARROW":
            return depth, BEFORE_AN_ARROW
        if before in LOOSENESS:
            return depth, LOOSENESS[before]
        if depth and kind == "NAME" and before in ENDS_AN_OPERAND:
            return depth, BETWEEN_WORDS if len(self.spaces[number]) == 1 else BETWEEN_GROUPS
        return None

    def _break(self, first: int, last: int, column: int) -> int:
        """Breaks a stretch of words, of which the first stands at a column; returns the column at which it ends."""
        if column + self._width(first, last) <= WIDTH or len(pieces := self._pieces(first, last)) == 1:
            return column + self._width(first, last)
        for start, end in pieces:
            if start != first:
                column += len(self.spaces[start])
                if not self._goes_on(start, end, column):
                    column = self._start(start)
            column = self._break(start, end, column)
        return column

    def _goes_on(self, start: int, end: int, column: int) -> bool:
        """Whether a piece follows on its line: it fits there, or is broken in any case and begins there."""
        if column + self._width(start, end) <= WIDTH:
            return True
        (_, head), *rest = self._pieces(start, end)
        alone = self._indentation(start) + self._width(start, end) <= WIDTH
        return bool(rest) and not alone and column + self._width(start, head) <= WIDTH

    def _pieces(self, first: int, last: int) -> list[tuple[int, int]]:
        """A stretch parted at its loosest places."""
        places = [(place, at) for at in range(first + 1, last) if (place := self.looseness[at]) is not None]
        loosest = min(places)[0] if places else None
        return [*pairwise([first, *(at for place, at in places if place == loosest), last])]

    def _width(self, first: int, last: int) -> int:
        return self.ends[last] - self.ends[first] - len(self.spaces[first])
