"""The one layout of `.msd` files: Source -> text, without a change of meaning.

    text -read-> statements, comments, blank lines -space, align, break-> lines -> text

What is read keeps neither the spaces between tokens nor the lines that a statement was broken into. So texts of the
same tokens, comments and blank lines have one layout, and a layout is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lark import Token

from msdl.diagnostics import Diagnostic, SpecError, error, has_errors
from msdl.language.format.layout import lay_out
from msdl.language.format.reading import Item, Remark, Statement, read
from msdl.language.parse import LARGEST_SOURCE, lex, parse
from msdl.source import Source


class Unfaithful(Exception):
    """A layout that would say something else than the text: a mistake of the formatter, not of the text."""


def format_text(source: Source) -> str:
    """The text of a source in the one layout; lines end with a line feed, the last one too.

    Tokens and comments stay what they are, and in their order. The syntax has to be right; whether the text means a
    network is not asked. Raises SpecError where there are syntax errors, or the layout is larger than a spec may be,
    and Unfaithful rather than return a text that the parser would read differently.
    """
    _, found = parse(source)
    if has_errors(found):
        raise SpecError(found)
    before = _Text.of(source.text)
    text = lay_out(before.items)
    if len(text) > LARGEST_SOURCE:
        raise SpecError([_too_long(source, text)])
    if not before.says_the_same(_Text.of(text)):
        raise Unfaithful(f"The layout of '{source.name}' would change what it says.")
    return text


def _too_long(source: Source, text: str) -> Diagnostic:
    message = f"The layout of '{source.name}' holds {len(text):,} characters; a spec has at most {LARGEST_SOURCE:,}."
    return error("MSD103", message, help="split it with `import`")


@dataclass(frozen=True)
class _Text:
    """A text as the parser sees it, its tokens, and as a person does, its statements and comments."""

    tokens: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]

    @classmethod
    def of(cls, text: str) -> _Text:
        tokens = [*lex(text)]
        return cls(tuple(map(_seen, tokens)), read(text, tokens))

    def says_the_same(self, other: _Text) -> bool:
        """Whether the tokens are the same, of which the syntax tree is a function, and each comment is at its place."""
        return self.tokens == other.tokens and [*_annotated(self.items)] == [*_annotated(other.items)]


def _seen(token: Token) -> tuple[str, str]:
    """A token as the parser takes it: how a statement's end is written means nothing."""
    return token.type, "" if token.type == "END" else str(token)


def _annotated(items: Iterable[Item]) -> Iterator[str]:
    """The words of a text with the comments behind each."""
    for item in items:
        match item:
            case Remark():
                yield item.comment
            case Statement():
                for word in item.words:
                    yield from (word.text, *(comment.text for comment in word.comments))
                if item.body is not None:
                    yield item.body.comment
                    yield from _annotated(item.body.items)
                yield item.comment
