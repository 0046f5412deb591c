"""The highlighter reads what the grammar reads, token by token, on every spec at hand and on text that is none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters
from pygments.lexers import find_lexer_class_for_filename, get_lexer_by_name
from pygments.styles import get_style_by_name
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace, _TokenType

from msdl import library
from msdl.checks.expectations import COUNTED
from msdl.language import highlight
from msdl.language import syntax as ast
from msdl.language.highlight import MsdLexer
from msdl.language.numbers import FUNCTIONS
from msdl.language.parse import OPTIONS, parse
from msdl.network.joins import VALUE_FUNCTIONS
from msdl.network.ops import OPS
from msdl.network.plan.runs import JOINS_OF_PATHS
from msdl.source import Source
from tests.fuzz.mutations import characters_changed, texts, tokens
from tests.language.corpus import corpus

# What the grammar's tokens look like; all others are keywords, which may name an argument.
KINDS: Mapping[str, tuple[_TokenType, ...]] = {
    "NAME": (Name, Keyword.Type, Operator.Word),
    "NUMBER": (Number,),
    "STRING": (String,),
    "IN": (Keyword, Name.Builtin.Pseudo, Name.Attribute),
    **dict.fromkeys("COMPARE _ARROW _TO PLUS MINUS STAR SLASH PERCENT CIRCUMFLEX EQUAL".split(), (Operator,)),
    **dict.fromkeys("LPAR RPAR LSQB RSQB LBRACE RBRACE COMMA COLON".split(), (Punctuation,)),
}
KEYWORD = (Keyword, Operator.Word, Name.Attribute)

on_the_corpus = pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in corpus()])


def highlighted(text: str) -> list[tuple[int, _TokenType, str]]:
    return list(MsdLexer().get_tokens_unprocessed(text))


@cache
def grammar() -> Lark:
    return Lark(library.GRAMMAR.read_text(encoding="utf-8"), **OPTIONS)


def read(text: str, errors: Mapping[int, int]) -> Iterator[tuple[int, Token | None]]:
    """The grammar's tokens and their offsets, and None where it refuses to read on.

    It goes on behind the highlighter's error, which tells where one ends: `errors` are their offsets, start to end.
    A `;` in front of `->`, and the line's ends beside it, are no errors to the highlighter.
    """
    start = 0
    while start < len(text):
        try:
            for token in grammar().lex(text[start:]):
                yield start + token.start_pos, token
            return
        except UnexpectedCharacters as refusal:
            start += refusal.pos_in_stream
            if text[start] in "\n\r;":
                start += 1
            else:
                yield start, None
                start = errors[start]


def agree(text: str) -> None:
    """The highlighter reads what the grammar reads: the same texts at the same places, of the same kinds."""
    shown = highlighted(text)
    assert "".join(part for _, _, part in shown) == text
    errors = {start: start + len(part) for start, kind, part in shown if kind is Error}
    meant = {start: token for start, token in read(text, errors) if token is None or token.type != "END"}
    for start, kind, part in shown:
        if start not in meant:
            assert is_gap(text, start, kind, part), (start, kind, part)
            continue
        token = meant.pop(start)
        assert part == token if token is not None else kind is Error, (start, kind, part)
        assert token is None or any(kind in allowed for allowed in KINDS.get(token.type, KEYWORD)), (start, kind, part)
    assert meant == {}


def is_gap(text: str, start: int, kind: _TokenType, part: str) -> bool:
    """Whether a token is what may stand between others: spaces, a `;`, a comment up to its line's end."""
    if kind is Comment.Single:
        return bool(re.fullmatch(r"#[^\n\r]*", part)) and text[start + len(part) :][:1] in ("", "\n", "\r")
    return set(part) <= set(" \t\f\n\r") if kind is Whitespace else kind is Punctuation and part == ";"


@on_the_corpus
def test_tokens_are_those_of_the_grammar(text: str) -> None:
    agree(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "let é = 1",
        "stemé 3",
        "3x32 1.5x 1_ 1e 1e5 2K 2KM 1.5.2 1..2 1. .5 0.5e-3M 7_7.5_5",
        '"abc" "abc\n"\n',
        "a <= b >= c == d != e < f > g = h ! i",
        "a -> b - > c .. d . e",
        "stem a\n  # on\n -> b\r\n\r-> c",
        "stem a ; -> b\n ; # no\n -> c",
        "x = (\n a ]\n # b\n layers { y } ) z",
        "f(up = 2, in\n=3, layers == 4, a # b\n = 5)",
        "\ufeffa\u00a0b\u2028c\0d\ve\x85",
        "network in block layers let end exit at",
        "(" * 3000 + "[" * 3000 + "}" * 3000,
    ],
)
def test_tokens_are_those_of_the_grammar_at_its_edges(text: str) -> None:
    agree(text)


@settings(max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(texts(), tokens(), characters_changed(), st.text(alphabet='a3_.;\n\r #"->=(){}[],', max_size=40)))
def test_tokens_are_those_of_the_grammar_on_any_text(text: str) -> None:
    agree(text)


def declared(node: object) -> Iterator[tuple[_TokenType, ast.Name]]:
    """The names that a part of a syntax tree declares or, of exits and arguments, refers to, each with its kind."""
    match node:
        case ast.Network():
            yield Name.Class, node.name
        case ast.Block():
            yield Name.Function, node.name
        case ast.Parameter() | ast.Let() | ast.Target() | ast.Column():
            yield Name.Variable, node.name
        case ast.Claim(exit=ast.Name() as exit) | ast.Exit(name=ast.Name() as exit):
            yield Name.Label, exit
        case ast.Sweep(name=ast.Name() as sweep):
            yield Name.Label, sweep
        case ast.Argument(keyword=ast.Name() as keyword):
            yield Name.Attribute, keyword
        case ast.Join() if node.kind.text in JOINS_OF_PATHS:
            yield Keyword.Type, node.kind
    match node:
        case ast.From() | ast.Each() | ast.Equation(variable=ast.Name()):
            assert node.variable is not None
            yield Name.Variable, node.variable
    for child in children(node):
        yield from declared(child)


def children(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        yield from node
    elif is_dataclass(node):
        yield from (getattr(node, field.name) for field in fields(node))


@on_the_corpus
def test_names_look_like_what_they_declare(text: str) -> None:
    document, errors = parse(Source("t", text if "network" in text else f"network t {{\n{text}\n}}"))
    shown = {start: kind for start, kind, _ in highlighted(document.span.source.text)}
    meant = {name.span.start: kind for kind, name in declared(document)}
    assert {start: shown[start] for start in meant} == meant
    if not errors:
        rest = {kind for start, kind in shown.items() if start not in meant}
        assert rest.isdisjoint({Name.Class, Name.Variable, Name.Label, Name.Attribute})


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("layers 2 dense(g) { join mean }", {"layers": Keyword, "dense": Keyword.Type, "mean": Keyword.Type}),
        ("stem mean(in)", {"mean": Name.Builtin, "in": Name.Builtin.Pseudo}),
        ("reduce in 2 blocks", {"in": Keyword.Pseudo, "blocks": Keyword.Pseudo}),
        ("exit at 4 in each stage: h(c)", {"exit": Keyword, "in": Keyword.Pseudo, "h": Name.Function, "c": Name}),
        ("stem conv3x3(4)/stride", {"conv3x3": Name.Builtin, "stride": Name.Builtin.Pseudo}),
        ("stem conv0x3 pool_h pool_hw", {"conv0x3": Name, "pool_h": Name.Builtin, "pool_hw": Name}),
        ("input 3 x x x size", {"input": Keyword, "x": Operator.Word, "size": Name}),
        ("let x = x + 1", {"let": Keyword.Declaration, "x": Name}),
        ("width a,\n  b", {"width": Name.Variable, "a": Name, "b": Name}),
        ("a, b[2],\n c = d", {"a": Name.Variable, "b": Name.Variable, "c": Name.Variable, "d": Name}),
        ("stem f(\n  a,\n b = c) -> d\n -> e", {"a": Name, "b": Name.Attribute, "c": Name, "d": Name, "e": Name}),
        ("stem f(a\n}\nwidth 3", {"width": Name.Variable}),
        ("stem f(a\nlet width = 3", {"let": Keyword.Declaration, "width": Name.Variable}),
    ],
)
def test_words_look_like_what_they_do(text: str, kinds: Mapping[str, _TokenType]) -> None:
    shown = {part: kind for _, kind, part in highlighted(text)}
    assert {part: shown[part] for part in kinds} == kinds


def test_the_words_are_those_of_the_language() -> None:
    assert sorted(highlight.OPS) == sorted(op.name for op in OPS)
    assert sorted(highlight.FUNCTIONS) == sorted({*FUNCTIONS, *VALUE_FUNCTIONS})
    assert highlight.JOINS == JOINS_OF_PATHS
    assert highlight.QUANTITIES == COUNTED


def test_pygments_finds_the_lexer() -> None:
    assert isinstance(get_lexer_by_name("msd"), MsdLexer)
    assert find_lexer_class_for_filename("net.msd") is MsdLexer


def test_html_holds_the_text_line_by_line() -> None:
    page = highlight.html("\n\nlet a = 1 # <b> & \u2028\r\nlet b = 2\r", "net")
    lines = re.findall(r'<span id="net-(\d+)">(.*\n)</span>', page)
    text = [(int(number), unescape(re.sub(r"<[^>]*>", "", line))) for number, line in lines]
    assert text == [(1, "\n"), (2, "\n"), (3, "let a = 1 # <b> & \u2028\n"), (4, "let b = 2\n")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_css_has_rules_for_both_schemes(scheme: str) -> None:
    rules = highlight.css().partition(f"(prefers-color-scheme: {scheme}) {{")[2].partition("\n}\n")[0]
    assert ".msd .k {" in rules
    assert all(rule.startswith(".msd") for rule in rules.splitlines()[1:])


@pytest.mark.parametrize("style", [highlight.LIGHT, highlight.DARK])
def test_colours_can_be_read(style: str) -> None:
    """Text and background differ by 4.5:1, as WCAG 2 (AA) asks."""
    colours = get_style_by_name(style)
    background = luminance(colours.background_color.lstrip("#"))
    kinds = {kind for _, text in corpus() for _, kind, _ in highlighted(text)} - {Whitespace, Error}
    for kind in kinds:
        text = luminance(colours.style_for_token(kind)["color"] or ("000000" if background > 0.5 else "ffffff"))
        dark, light = sorted((text, background))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, kind


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2 defines it, of `rrggbb`."""
    parts = (int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
