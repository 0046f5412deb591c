"""The brackets of a statement: which of its words stand in which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msdl.language.format.reading import Word

OPENING = frozenset({"LPAR", "LSQB"})
CLOSING = frozenset({"RPAR", "RSQB"})

# Where the brackets around a word open, the outermost first.
Brackets = tuple[int, ...]


def enclosing(words: Sequence[Word]) -> Iterator[Brackets]:
    """The brackets around each word; a word that closes one is still inside, the one that opens it not yet."""
    around: Brackets = ()
    for number, word in enumerate(words):
        yield around
        if word.kind in OPENING:
            around = (*around, number)
        elif word.kind in CLOSING:
            around = around[:-1]
