"""Text -> statements, the comments behind and between them, and the blank lines: all that a layout depends on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lark import Token

from msdl.source import LINE_END

# A statement's end may be written `;`, and a line of nothing else is as good as blank.
BETWEEN_TOKENS = " \t\f;"
# `#!` is for the shell, and rows of signs are rules drawn across the page.
DRAWN = frozenset("!#-=*~+_:/")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment inside a statement; `alone` on its line, or behind the word before it."""

    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A token of a statement, and the comments between it and the next."""

    kind: str
    text: str
    comments: tuple[Comment, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a line of its own between statements."""

    comment: str
    after_blank: bool


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between braces; `comment` is the one behind the brace that opens."""

    comment: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement without its braces; `comment` is the one behind its end."""

    words: tuple[Word, ...]
    body: Body | None
    comment: str
    after_blank: bool


Item = Statement | Remark


@dataclass(frozen=True, slots=True)
class _Gap:
    """What stands between two tokens: a comment on the line of the first, lines of comments, a blank line at last."""

    comment: str = ""
    remarks: tuple[Remark, ...] = ()
    blank: bool = False

    @property
    def comments(self) -> tuple[Comment, ...]:
        behind = (Comment(self.comment, alone=False),) if self.comment else ()
        return (*behind, *(Comment(remark.comment, alone=True) for remark in self.remarks))


NOTHING = _Gap()


@dataclass(frozen=True, slots=True)
class _Step:
    """A token on the way through a text: what follows it, and whether its statement ends with it."""

    kind: str
    text: str
    gap: _Gap
    ends: bool


def read(text: str, tokens: Sequence[Token]) -> tuple[Item, ...]:
    """The items of a text without syntax errors; `tokens` are those of the text, the ends of statements included."""
    start = tokens[0].start_pos if tokens else len(text)
    items, _ = _items(_steps(text, tokens), _gap("\n" + text[:start]))
    return items


def _steps(text: str, stream: Sequence[Token]) -> Iterator[_Step]:
    spoken = [number for number, token in enumerate(stream) if token.type != "END"]
    for number, following in pairwise([*spoken, len(stream)]):
        token = stream[number]
        end = stream[following].start_pos if following < len(stream) else len(text)
        yield _Step(token.type, str(token), _gap(text[token.end_pos : end]), ends=following > number + 1)


def _gap(text: str) -> _Gap:
    if not text.strip(" "):
        return NOTHING
    first, *lines = (_comment(line) for line in LINE_END.split(text))
    remarks, blank = [], False
    for line in lines[:-1]:
        if line:
            remarks.append(Remark(line, blank))
        blank = not line
    # The last line is the next token's own, unless there is none.
    if lines and lines[-1]:
        remarks.append(Remark(lines[-1], blank))
    return _Gap(first, tuple(remarks), blank)


def _comment(line: str) -> str:
    """The comment of a line without words, one space behind its sign; empty where there is none."""
    comment = line.lstrip(BETWEEN_TOKENS).rstrip()
    if len(comment) < 2 or comment[1].isspace() or comment[1] in DRAWN:
        return comment
    return f"# {comment[1:]}"


def _items(steps: Iterator[_Step], before: _Gap) -> tuple[tuple[Item, ...], _Gap]:
    """The items up to `}` or the end of the file, and what stands behind."""
    items: list[Item] = [*before.remarks]
    gap = before
    for step in steps:
        if step.kind == "RBRACE":
            return tuple(items), step.gap
        statement, gap = _statement(step, steps, gap.blank)
        items += (statement, *gap.remarks)
    return tuple(items), gap


def _statement(step: _Step, steps: Iterator[_Step], after_blank: bool) -> tuple[Statement, _Gap]:
    """The statement that begins with a step, and what stands behind it."""
    words: list[Word] = []
    while not step.ends and step.kind != "LBRACE":
        words.append(Word(step.kind, step.text, step.gap.comments))
        step = next(steps)
    if step.kind == "LBRACE":
        items, behind = _items(steps, step.gap)
        return Statement(tuple(words), Body(step.gap.comment, items), behind.comment, after_blank), behind
    words.append(Word(step.kind, step.text))
    return Statement(tuple(words), None, step.gap.comment, after_blank), step.gap
