"""Text that remembers where it came from: a source and the spans in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Source:
    """One text: a `.msd` file, the standard input, or the value of a `--set`.

    `name` is what messages print before the line; `text` is the whole text, byte order mark removed. `is_file` tells
    that the name is the path it was read from.
    """

    name: str
    text: str = field(repr=False)
    is_file: bool = False

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, number: int) -> int:
        """Where a line starts."""
        return self._starts[number - 1]

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        start = self.offset(number)
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source: offsets in characters, the end not included."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    def is_within(self, outer: Span) -> bool:
        """Whether it lies in another span of a source of the same name."""
        return self.source.name == outer.source.name and outer.start <= self.start and self.end <= outer.end

    def to(self, last: Span) -> Span:
        """The span from the start of this one to the end of another of the same source."""
        return Span(self.source, self.start, max(self.end, last.end))
