"""Statements that follow one another -> spaces that bring what is alike in them to one column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msdl.language.format.brackets import enclosing
from msdl.language.format.breaking import WIDTH
from msdl.language.format.reading import Item, Remark, Statement, Word

CHAINS = frozenset({"STEM", "VERTICAL", "HORIZONTAL", "DIAGONAL", "LAYER", "BETWEEN", "LEAVE"})


@dataclass(frozen=True, slots=True)
class Row:
    """A statement among those it is aligned with: `places` are the words that are brought to one column.

    The `spaces` are those before its words, as they are when it stands alone.
    """

    kind: str
    words: tuple[Word, ...]
    spaces: list[str]
    places: tuple[int, ...]

    def width(self, first: int = 0, last: int | None = None) -> int:
        """Columns from the start of one word to the end of the one before another."""
        last = len(self.words) if last is None else last
        return sum(len(self.spaces[n]) * (n > first) + len(self.words[n].text) for n in range(first, last))


def align(rows: Sequence[Row], indent: int) -> None:
    """Widens the spaces of rows, unless one that fits on its line would then not."""
    paddings = _values(rows) if rows[0].kind == "column" else _starts(rows)
    for row, padding in zip(rows, paddings, strict=True):
        if indent + row.width() <= WIDTH < indent + row.width() + sum(padding):
            return
    for row, padding in zip(rows, paddings, strict=True):
        for place, more in zip(row.places, padding, strict=True):
            row.spaces[place] += " " * more


def _starts(rows: Sequence[Row]) -> list[list[int]]:
    """Paddings that put the place of every row under the others."""
    widths = [row.width(0, row.places[0]) for row in rows]
    widest = max(widths)
    return [[widest - width] for width in widths]


def _values(rows: Sequence[Row]) -> list[list[int]]:
    """Paddings that put the names of columns over one another, and their values with the last digits over one another.

    A formula is no value of a scale: it starts where the columns' first values do.
    """
    names = max(row.width(0, 1) for row in rows)
    lists = [[*_widths(row)] for row in rows]
    widths = [max(column) for column in _transposed([values for values in lists if len(values) > 1])]
    paddings = []
    for row, values in zip(rows, lists, strict=True):
        more = [width - value for width, value in zip(widths, values, strict=False)] if len(values) > 1 else [0]
        paddings.append([names - row.width(0, 1) + more[0], *more[1:]])
    return paddings


def _widths(row: Row) -> Iterator[int]:
    """The width of each value, without its comma."""
    for first, following in zip(row.places, [*row.places[1:], None], strict=True):
        yield row.width(first, following and following - 1)


def _transposed(lists: Sequence[Sequence[int]]) -> list[list[int]]:
    longest = max(map(len, lists), default=0)
    return [[values[n] for values in lists if n < len(values)] for n in range(longest)]


def sections(items: Sequence[Item], spaces: Sequence[list[str]], inside: str) -> Iterator[list[Row]]:
    """The rows that stand together: statements of one kind, without a blank line or another statement between them."""
    section: list[Row] = []
    for item, own in zip(items, spaces, strict=True):
        if isinstance(item, Remark) and not item.after_blank:
            continue
        row = _row(item, own, inside) if isinstance(item, Statement) else None
        if section and (item.after_blank or row is None or row.kind != section[0].kind):
            yield section
            section = []
        if row is not None:
            section.append(row)
    if section:
        yield section


def _row(statement: Statement, spaces: list[str], inside: str) -> Row | None:
    """The statement as a row, or none where nothing of it is aligned."""
    words = statement.words
    kind = words[0].kind
    if statement.body is not None:
        return None
    if inside == "SCALES":
        return Row("column", words, spaces, (1, *(n + 1 for n in _outside(words, "COMMA"))))
    if inside == "BLOCK" or kind == "LET":
        return Row("equation", words, spaces, tuple(_outside(words, "EQUAL"))[:1])
    if kind in CHAINS:
        return Row("chain", words, spaces, (2 if words[1].kind == "UP" else 1,))
    if kind in ("EXIT", "EXITS", "FROM"):
        return Row(kind.removesuffix("S"), words, spaces, (next(_outside(words, "COLON")) + 1,))
    return None


def _outside(words: Sequence[Word], kind: str) -> Iterator[int]:
    """Where a sign stands outside of brackets."""
    for number, (word, around) in enumerate(zip(words, enclosing(words), strict=True)):
        if word.kind == kind and not around:
            yield number
