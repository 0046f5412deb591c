"""Lines of Python as `ruff format` would break them.

What fits on a line stays on it; what doesn't is put one item a line, with a trailing comma, which keeps it so at every
line length. An expression is a string, a bracketed `Group`, a `Labelled` item of one, an `Infix` chain, or a `Choice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

WIDTH = 88  # ruff's default
INDENT = 4
DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Group:
    """Items in brackets; `head` ends with the opening one. `comma` follows the item of a tuple of one."""

    head: str
    items: tuple[Doc, ...]
    tail: str = ")"
    comma: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item with `stride=`, `"scale1": ` or `*` before it; `-` also before a part of a sum, which is taken away."""

    label: str
    value: Doc


@dataclass(frozen=True, slots=True)
class Infix:
    """`a + b + c`; where that is too long for a line, `helper(a, b, c)`, which can be broken for good."""

    sign: str
    operands: tuple[Doc, ...]
    helper: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`1 - x`; where that is too long for a line, `affine(x, -1, 1)`, which can be broken for good."""

    short: str
    long: Group


Doc = str | Group | Labelled | Infix | Choice


def call(head: str, *items: Doc) -> Group:
    return Group(f"{head}(", items)


def bracketed(items: Sequence[Doc]) -> Group:
    """A tuple."""
    return Group("(", tuple(items), comma="," if len(items) == 1 else "")


def flat(doc: Doc) -> str:
    """On one line."""
    match doc:
        case str():
            return doc
        case Group(head, items, tail, comma):
            return f"{head}{', '.join(map(flat, items))}{comma}{tail}"
        case Labelled(label, value):
            return f"{label}{flat(value)}"
        case Infix(sign, operands):
            return flat(operands[0]) if len(operands) == 1 else _joined(sign, operands)
        case Choice(short):
            return short
        case _:
            assert_never(doc)


def _joined(sign: str, operands: Sequence[Doc]) -> str:
    """`a + b - c`."""
    first, *rest = (f"({flat(o)})" if isinstance(o, Infix) else flat(o) for o in operands)
    for operand, text in zip(operands[1:], rest, strict=True):
        is_taken_away = isinstance(operand, Labelled) and operand.label == "-"
        first += f" - {text[1:]}" if is_taken_away else f" {sign} {text}"
    return first


def lines(doc: Doc, indent: int = 0, before: str = "", after: str = "") -> list[str]:
    """The lines of a statement or an item, between what stands `before` and `after` it."""
    line = f"{' ' * indent}{before}{flat(doc)}{after}"
    if len(line) <= WIDTH or doc == "":
        return [line]
    match doc:
        case str():
            return [line]
        case Group(head, items, tail):
            if not items:
                return [line]
            inner = [text for item in items for text in lines(item, indent + INDENT, after=",")]
            return [f"{' ' * indent}{before}{head}", *inner, f"{' ' * indent}{tail}{after}"]
        case Labelled(label, value):
            return lines(value, indent, before + label, after)
        case Infix(_, operands, helper):
            return lines(call(helper, *operands), indent, before, after)
        case Choice(_, long):
            return lines(long, indent, before, after)
        case _:
            assert_never(doc)


@dataclass
class Hoist:
    """Takes expressions out of expressions that nest too deeply for Python, which allows 200 brackets.

    `taken` are the variables and what they stand for, each after those it needs.
    """

    taken: list[tuple[str, Doc]] = field(default_factory=list)

    def shallow(self, doc: Doc) -> Doc:
        return self._shallow(doc)[0]

    def _shallow(self, doc: Doc) -> tuple[Doc, int]:
        """An expression that nests less, and how deep it nests."""
        match doc:
            case str() | Infix() | Choice():
                return doc, 0
            case Labelled(label, value):
                value, depth = self._shallow(value)
                return Labelled(label, value), depth
            case Group(head, items, tail, comma):
                inner = [self._shallow(item) for item in items]
                depth = 1 + max((depth for _, depth in inner), default=0)
                group = Group(head, tuple(item for item, _ in inner), tail, comma)
                if depth < DEEPEST:
                    return group, depth
                self.taken.append((f"part{len(self.taken) + 1}", group))
                return self.taken[-1][0], 0
            case _:
                assert_never(doc)
