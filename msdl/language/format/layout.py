"""Statements, comments and blank lines -> the text of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from msdl.language.format.breaking import WIDTH, Line, broken
from msdl.language.format.columns import align, sections
from msdl.language.format.reading import Body, Item, Remark, Statement, Word
from msdl.language.format.spacing import spaces

INDENT = 2
BEFORE_A_COMMENT = 2
# A single column or rule reads as a part of its statement: `scales 3 { depth 16 }`.
ONE_LINERS = frozenset({"SCALES", "LAYERS", "STAGES", "SWEEP"})
BLANK = Line(0, "")
OPENS, CLOSES = Word("LBRACE", "{"), Word("RBRACE", "}")


def lay_out(items: Sequence[Item]) -> str:
    """The whole text; a network or a block with a body stands between blank lines."""
    return "".join(f"{line}\n" for line in _with_comments(_lines(_set_apart(items), 0, "")))


def _set_apart(items: Sequence[Item]) -> list[Item]:
    """The items of a file, with a blank line before and behind each that has a body."""
    apart: list[Item] = []
    since = 0
    previous: Statement | None = None
    for item in items:
        apart.append(item)
        if not isinstance(item, Statement):
            continue
        between = apart[since:]
        if previous and (previous.body or item.body) and not any(other.after_blank for other in between):
            apart[since] = replace(between[0], after_blank=True)
        previous, since = item, len(apart)
    return apart


def _lines(items: Sequence[Item], indent: int, inside: str) -> Iterator[Line]:
    """The lines of a file or a body; `inside` is the first word of the statement whose body it is."""
    spaced = [
        spaces(_with_brace(item), is_column=inside == "SCALES") if isinstance(item, Statement) else [] for item in items
    ]
    for section in sections(items, spaced, inside):
        align(section, indent)
    for number, (item, own) in enumerate(zip(items, spaced, strict=True)):
        if number and item.after_blank:
            yield BLANK
        match item:
            case Remark():
                yield Line(indent, "", item.comment)
            case Statement():
                yield from _statement(item, own, indent)


def _with_brace(statement: Statement) -> tuple[Word, ...]:
    """The words up to the end of the line on which a body opens; an empty body closes there as well."""
    match statement.body:
        case None:
            return statement.words
        case Body("", ()):
            return (*statement.words, OPENS, CLOSES)
        case _:
            return (*statement.words, OPENS)


def _statement(statement: Statement, own: Sequence[str], indent: int) -> Iterator[Line]:
    words, body = _with_brace(statement), statement.body
    if body is None or words[-1] is CLOSES:
        yield from broken(words, own, indent, statement.comment)
        return
    head = [*broken(words, own, indent, body.comment)]
    inside = [*_lines(body.items, indent + INDENT, words[0].kind)]
    whole = [*head, *inside, Line(indent, CLOSES.text, statement.comment)]
    yield from _on_one_line(whole) if words[0].kind in ONE_LINERS else whole


def _on_one_line(lines: list[Line]) -> list[Line]:
    """A statement whose body is one line, as one line; as it is where that is too long, or would move a comment."""
    joined = replace(lines[-1], text=" ".join(line.text for line in lines))
    is_plain = len(lines) == 3 and not any(line.comment for line in lines[:-1])
    return [joined] if is_plain and joined.width <= WIDTH else lines


def _with_comments(lines: Iterable[Line]) -> Iterator[str]:
    """The lines as text; comments behind lines that follow one another stand at one column."""
    for is_commented, group in groupby(lines, key=lambda line: bool(line.text and line.comment)):
        if is_commented:
            yield from _aligned([*group])
        else:
            yield from (" " * line.indent + (line.text or line.comment) for line in group)


def _aligned(lines: Sequence[Line]) -> Iterator[str]:
    """Lines with their comments at one column, unless one that fits in the width would then not."""
    column = max(line.width for line in lines) + BEFORE_A_COMMENT
    fits_alone = [line.width + BEFORE_A_COMMENT + len(line.comment) <= WIDTH for line in lines]
    fits = all(column + len(line.comment) <= WIDTH for line, alone in zip(lines, fits_alone, strict=True) if alone)
    for line in lines:
        text = " " * line.indent + line.text
        yield text.ljust(column if fits else line.width + BEFORE_A_COMMENT) + line.comment
