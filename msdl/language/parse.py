"""Text -> Document: Lark's LALR parser, the rule for line ends, and syntax errors in the user's words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from msdl import library
from msdl.diagnostics import Diagnostic, Findings, Mistake, mistake
from msdl.language import syntax as ast
from msdl.language.build import Builder
from msdl.language.wording import STATEMENTS, describe, expected
from msdl.source import Source, Span

LARGEST_SOURCE = 256 * 1024
DEEPEST_NESTING = 100
MOST_SYNTAX_ERRORS = 10

OPENING = {"LPAR": "RPAR", "LSQB": "RSQB"}
GOES_ON = frozenset({
    "COMMA", "COLON", "EQUAL", "_ARROW", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "CIRCUMFLEX", "COMPARE",
    "WHEN", "ELSE", "AND", "OR",
})  # fmt: skip
BRACES = frozenset({"LBRACE", "RBRACE"})
OPTIONS: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "propagate_positions": True, "start": ["start", "value"]}


class StatementEnds:
    """Drops the line ends at which a statement goes on, and ends the statements that `}` or the file's end closes."""

    always_accept = ("END",)

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        open_: list[Token] = []
        previous: Token | None = None
        for token in stream:
            if token.type == "END":
                if open_ or previous is None or previous.type in GOES_ON or previous.type in ("END", "LBRACE"):
                    continue
            elif token.type in OPENING:
                open_.append(token)
                if len(open_) > DEEPEST_NESTING:
                    raise TooDeep(token)
            elif token.type in ("RPAR", "RSQB") and open_:
                open_.pop()
            elif open_ and (token.type in BRACES or (token.type in STATEMENTS and not _may_name_an_argument(previous))):
                raise Unclosed(open_[-1])
            if token.type == "RBRACE" and previous is not None and previous.type not in ("END", "LBRACE"):
                yield Token.new_borrow_pos("END", "", token)
            yield token
            previous = token
        if open_:
            raise Unclosed(open_[-1])
        if previous is not None and previous.type != "END":
            yield Token("END", "", previous.end_pos, previous.end_line, previous.end_column, end_pos=previous.end_pos)


def _may_name_an_argument(previous: Token | None) -> bool:
    """Whether a keyword behind this token may name an argument: `upsample(up = 2)`."""
    return previous is not None and previous.type in ("LPAR", "COMMA")


class Unclosed(Exception):
    """A bracket that nothing closes."""

    def __init__(self, bracket: Token) -> None:
        self.bracket = bracket


class TooDeep(Unclosed):
    """A bracket inside too many others."""


def tables(grammar: str) -> dict[str, Any]:
    """The parser Lark computes from the grammar, as JSON can hold it (`make golden` writes it).

    Computing it takes 0.2 s, reading it 0.02 s; `digest` tells whether it still belongs to the grammar.
    """
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    data, memo = Lark(grammar, **OPTIONS).memo_serialize([TerminalDef, Rule])
    return {"digest": _digest(grammar), "data": data, "memo": memo}


@cache
def _parser() -> Lark:
    grammar = library.GRAMMAR.read_text(encoding="utf-8")
    if library.TABLES.is_file():
        stored = json.loads(library.TABLES.read_text(encoding="utf-8"), object_hook=_with_number_keys)
        if stored["digest"] == _digest(grammar):
            # What `lark.tools.standalone` calls as well; Lark.load takes a pickle alone.
            return Lark._load_from_dict(stored["data"], stored["memo"], postlex=StatementEnds())  # type: ignore[no-any-return, no-untyped-call]
    return Lark(grammar, postlex=StatementEnds(), **OPTIONS)


def _digest(grammar: str) -> str:
    return hashlib.sha256(grammar.encode()).hexdigest()


def _with_number_keys(table: dict[str, Any]) -> dict[Any, Any]:
    return {int(key) if key.isdecimal() else key: value for key, value in table.items()}


def parse(source: Source) -> tuple[ast.Document, tuple[Diagnostic, ...]]:
    """A file's syntax tree and its syntax errors; a statement that holds one is left out of the tree."""
    findings = Findings()
    text = source.text
    if len(text) > LARGEST_SOURCE:
        findings.error(
            "MSD103",
            f"'{source.name}' holds {len(text):,} characters; a spec has at most {LARGEST_SOURCE:,}.",
            None,
            help="split it with `import`",
        )
        return ast.Document((), Span(source, 0, 0)), tuple(findings)
    skipped: list[str] = []
    for _ in range(MOST_SYNTAX_ERRORS):
        try:
            document: ast.Document = _document(source, text, "start")
            return replace(document, skipped=tuple(skipped)), tuple(findings)
        except Mistake as found:
            span = found.diagnostic.span
            # A `}` or an end that doesn't fit is often the doing of what was left out before it.
            if not skipped or span is None or not _is_an_end(span):
                findings.add(found.diagnostic)
            too_deep = found.diagnostic.code == "MSD106"  # its brackets close on lines that nobody knows
            rest = None if span is None or too_deep else _without_statement(source, text, span)
            if rest is None:
                break
            text, line = rest
            skipped.append(line)
    return ast.Document((), Span(source, 0, 0), tuple(skipped)), tuple(findings)


def lex(text: str) -> Iterator[Token]:
    """A text's tokens, the ends of its statements included, its comments not. Raises what Lark raises."""
    return _parser().lex(text)


def parse_expression(source: Source) -> ast.Expression:
    """One expression, as the value of a `--set`. Raises Mistake."""
    if len(source.text) > LARGEST_SOURCE:
        raise mistake("MSD103", f"'{source.name}' is too long.", None)
    expression: ast.Expression = _document(source, source.text, "value")
    return expression


def _document(source: Source, text: str, start: str) -> Any:
    """The tree of `text`, whose places are those of `source`. Raises Mistake."""
    try:
        tree = _parser().parse(text, start=start)
        _refuse_deep_nesting(source, tree)
        return Builder(source).transform(tree)
    except UnexpectedInput as error:
        raise _syntax_error(source, error) from None
    except TooDeep as error:
        raise _too_deep(_token_span(source, error.bracket)) from None
    except Unclosed as error:
        span = _token_span(source, error.bracket)
        raise mistake("MSD105", f"This '{error.bracket}' is never closed.", span, "opened here") from None
    except VisitError as error:
        if isinstance(error.orig_exc, Mistake):
            raise error.orig_exc from None
        raise


def _refuse_deep_nesting(source: Source, tree: Tree[Token]) -> None:
    left = [(tree, 1)]
    while left:
        node, depth = left.pop()
        if depth > DEEPEST_NESTING:
            span = Span(source, node.meta.start_pos, node.meta.end_pos)
            raise _too_deep(span)
        left += [(child, depth + 1) for child in node.children if isinstance(child, Tree)]


def _too_deep(span: Span) -> Mistake:
    message = f"Expressions nest deeper than {DEEPEST_NESTING} levels."
    return mistake("MSD106", message, span, help="give a part of it a name")


def _syntax_error(source: Source, error: UnexpectedInput) -> Mistake:
    if isinstance(error, UnexpectedCharacters):
        at: int = error.pos_in_stream  # type: ignore[assignment]
        span = Span(source, at, at + 1)
        hint = "numbers and names need a space between them: `3 x 32 x 32`" if span.text.isdigit() else ""
        if span.text == '"':
            return mistake("MSD105", "This quotation mark is never closed on its line.", span, "opened here")
        return mistake("MSD104", f"'{_visible(span.text)}' can't stand here.", span, "unexpected character", hint)
    assert isinstance(error, UnexpectedToken)
    span = _token_span(source, error.token)
    message, hint = describe(error)
    return mistake("MSD104", message, span, expected(error), hint)


def _visible(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]


def _token_span(source: Source, token: Token) -> Span:
    """A token's place; a line's end, and the file's, is a place of no width."""
    end = len(source.text)
    start = min(token.start_pos if token.start_pos is not None else end, end)
    return Span(source, start, start if token.type == "END" else min(start + max(len(token), 1), end))


def _is_an_end(span: Span) -> bool:
    return span.text == "}" or not span.source.text[span.start :].strip()


def _without_statement(source: Source, text: str, span: Span) -> tuple[str, str] | None:
    """The text with the line of a syntax error blanked out, and the line; None where its braces hold other lines."""
    number = source.position(span.start)[0]
    start = source.offset(number)
    end = start + len(source.line(number))
    line = text[start:end]
    balanced = line.count("{") == line.count("}")
    if not balanced or not line.strip():
        return None
    return text[:start] + " " * len(line) + text[end:], line
