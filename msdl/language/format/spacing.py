"""The space before every word of a statement that stands on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum, auto

from msdl.language.format.brackets import CLOSING, OPENING, enclosing
from msdl.language.format.chains import Link, group_starts
from msdl.language.format.reading import Word
from msdl.language.keywords import KEYWORDS

SUM = frozenset({"PLUS", "MINUS"})
PRODUCT = frozenset({"STAR", "PERCENT"})
ALWAYS_TIGHT = frozenset({"SLASH", "CIRCUMFLEX", "_TO"})
OPERATORS = SUM | PRODUCT | ALWAYS_TIGHT | {"COMPARE"}
ENDS_AN_OPERAND = frozenset({"NAME", "NUMBER", "STRING"}) | CLOSING
SIGNS = frozenset({"COMMA", "COLON", "EQUAL", "_ARROW", "LBRACE", "RBRACE"})
TAKES_ARGUMENTS = frozenset({"NAME", "DENSE", "RESIDUAL", "PLAIN"})


class Tightness(Enum):
    """How close operators stand: `a + b` by itself, `(a+b)/2` in an operand, `x[2*s-1]` in an index."""

    LOOSE = auto()
    OPERAND = auto()
    TIGHT = auto()


def spaces(words: Sequence[Word], is_column: bool) -> list[str]:
    """What stands before each word; `is_column` of a column of `scales`, whose name takes no arguments."""
    return _Spacer(words, frozenset({0}) if is_column else _crosses(words)).spaces


def _crosses(words: Sequence[Word]) -> frozenset[int]:
    """Each `x` of an `input`: the names that stand where an operator could."""
    found: set[int] = set()
    for number, around in enumerate(enclosing(words) if words[0].kind == "INPUT" else ()):
        is_behind_operand = words[number - 1].kind in ENDS_AN_OPERAND and number - 1 not in found
        if words[number].kind == "NAME" and not around and is_behind_operand:
            found.add(number)
    return frozenset(found)


class _Spacer:
    """Finds the spaces of one statement. `apart` are names that neither end an operand nor take arguments."""

    def __init__(self, words: Sequence[Word], apart: frozenset[int]) -> None:
        self.words = words
        self.apart = apart
        self.closing = _closing(words)
        self.ends_operand: list[bool] = []
        for number in range(len(words)):
            self.ends_operand.append(self._ends_operand(number))
        self.spaces = [self._space(number) for number in range(len(words))]
        self._level(0, len(words), Tightness.TIGHT if words[0].kind == "INPUT" else Tightness.LOOSE)

    def _ends_operand(self, number: int) -> bool:
        if self.words[number].kind == "IN":
            return self._is_value(number)
        return self.words[number].kind in ENDS_AN_OPERAND and number not in self.apart

    def _is_value(self, number: int) -> bool:
        """Whether an `in` is the input of a block, rather than the one of `for i in`, `in each stage`, `reduce in`."""
        return (
            number > 0 and not self.ends_operand[number - 1] and self.words[number - 1].kind not in ("REDUCE", "END_")
        )

    def _is_binary(self, number: int) -> bool:
        return self.words[number].kind in OPERATORS and number > 0 and self.ends_operand[number - 1]

    def _is_attached(self, number: int) -> bool:
        """Whether a bracket holds the arguments, or the index, of the word before it."""
        return (
            self.words[number].kind in OPENING
            and number > 0
            and number - 1 not in self.apart
            and self.words[number - 1].kind in TAKES_ARGUMENTS
        )

    def _space(self, number: int) -> str:
        """The space before a word where its surroundings don't matter."""
        if number == 0 or self._is_attached(number):
            return ""
        kind, before = self.words[number].kind, self.words[number - 1].kind
        tight = (
            kind in CLOSING
            or kind in ("COMMA", "COLON")
            or kind in ALWAYS_TIGHT
            or before in OPENING
            or before in ALWAYS_TIGHT
            or (before == "MINUS" and not self._is_binary(number - 1))
        )
        return "" if tight else " "

    def _level(self, first: int, last: int, tightness: Tightness) -> None:
        """Spaces the words between two brackets, or of the statement, one expression at a time."""
        run: list[int] = []
        number = first
        while number < last:
            if self._separates(number):
                self._run(run, tightness)
                run = []
            else:
                run.append(number)
            number = self.closing.get(number, number) + 1
        self._run(run, tightness)

    def _separates(self, number: int) -> bool:
        word = self.words[number]
        is_keyword = word.text in KEYWORDS and not self.ends_operand[number]
        return is_keyword or word.kind in SIGNS or number in self.apart

    def _run(self, run: Sequence[int], tightness: Tightness) -> None:
        """Spaces an expression: its operators first, then what stands in its brackets, then its chains."""
        chains = [*self._chains(run)]
        for start in (start for chain in chains for start in group_starts(chain)):
            self.spaces[start] = "  "
        # `a*conv3x3(c) bn` would look as if the product went through `bn`.
        close = frozenset() if any(len(chain) > 1 for chain in chains) else self._close(run, tightness)
        for number in run:
            if self.words[number].kind in close and self._is_binary(number):
                self.spaces[number] = self.spaces[number + 1] = ""
        for number in run:
            if number in self.closing:
                self._level(number + 1, self.closing[number], self._inside(number, tightness))

    def _close(self, run: Sequence[int], tightness: Tightness) -> frozenset[str]:
        """The operators that stand close: a product beside something looser or a slash, all of them in a range."""
        kinds = {self.words[number].kind for number in run if self._is_binary(number)}
        product = PRODUCT if kinds & (SUM | {"COMPARE", "SLASH"}) else frozenset()
        if tightness is Tightness.TIGHT or "_TO" in kinds:
            return SUM | PRODUCT
        if tightness is Tightness.OPERAND and not (kinds & SUM and kinds - SUM):
            return SUM | PRODUCT
        return product

    def _inside(self, opening: int, around: Tightness) -> Tightness:
        """How close operators stand in a bracket."""
        is_square = self.words[opening].kind == "LSQB"
        if self._is_attached(opening) or is_square:
            return Tightness.TIGHT if self._is_attached(opening) and is_square else Tightness.LOOSE
        if around is Tightness.TIGHT:
            return around
        after = self.closing[opening] + 1
        left = self._is_binary(opening - 1) and not self.spaces[opening]
        right = after < len(self.words) and self._is_binary(after) and not self.spaces[after]
        return Tightness.OPERAND if left or right else Tightness.LOOSE

    def _chains(self, run: Sequence[int]) -> Iterator[list[Link]]:
        """The words that follow one another; a value that a chain starts with is none of them."""
        chain: list[Link] = []
        for number in run:
            kind, before = self.words[number].kind, self.words[number - 1].kind if number else ""
            if self._is_attached(number) or before == "SLASH":
                continue
            if kind == "SLASH":
                chain[-1:] = [replace(link, sized=True) for link in chain[-1:]]
            elif kind == "NAME":
                chain.append(Link(number, self.words[number].text, self._has_arguments(number)))
            else:
                yield chain
                chain = []
        yield chain

    def _has_arguments(self, number: int) -> bool:
        following = number + 1
        return following < len(self.words) and self.words[following].kind == "LPAR" and self._is_attached(following)


def _closing(words: Sequence[Word]) -> dict[int, int]:
    """Where each bracket is closed, by where it opens."""
    return {around[-1]: number for number, around in enumerate(enclosing(words)) if words[number].kind in CLOSING}
