"""Specs in colour: a Pygments lexer for `.msd` files, and the HTML and CSS made with it.

Pygments, and so Sphinx, finds the lexer under the name `msd`: it is an entry point in pyproject.toml.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import RegexLexer, bygroups, default, include, words
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace, _TokenType

from msdl.language.keywords import BRANCHES, DECLARATIONS, HISTORIES, KEYWORDS, LOGIC, PARTICLES, STATEMENTS

LIGHT, DARK = "default", "native"  # styles of Pygments with a contrast of at least 4.5:1

# Words that are no keywords, but known where they stand; editors/ has the same ones.
JOINS = tuple("concat add mean".split())
OPS = tuple(
    "convKxK dwconvKxK deconvKxK maxpoolKxK avgpoolKxK unpoolKxK bn relu relu6 elu sigmoid softmax dropout identity"
    " flatten linear gap pool pool_h pool_w upsample resize shuffle split cut crop fit cropto".split()
)
FUNCTIONS = tuple("min max floor ceil round mean sum".split())
GIVEN = tuple("channels stride share compress s l i in".split())  # what a place knows undeclared
QUANTITIES = tuple("params macs".split())

SPACE = r"[ \t\f]+"
TRIVIA = r"(?:[ \t\f\n\r]|#[^\n\r]*+)*+"
WORD = r"[A-Za-z_][A-Za-z0-9_]*+"
NAME = rf"(?!(?:{'|'.join(KEYWORDS)})\b){WORD}"
NUMBER = r"[0-9](?:_?[0-9])*+(?:\.[0-9](?:_?[0-9])*+)?+(?:[eE][+-]?[0-9]++)?+[KMG]?+(?![A-Za-z0-9_])"
OP = rf"(?:{'|'.join(OPS)})\b".replace("KxK", "[1-9][0-9]{0,3}x[1-9][0-9]{0,3}")
NOTHING = bygroups()  # type: ignore[no-untyped-call]


def _row(*parts: tuple[str, _TokenType]) -> tuple[str, Any]:
    """A rule's pattern and action: words in a row, each of a kind of its own."""
    pattern = rf"({SPACE})".join(rf"({word})\b" for word, _ in parts)
    kinds = [kind for _, of_word in parts for kind in (Whitespace, of_word)]
    return pattern, bygroups(*kinds[1:])  # type: ignore[no-untyped-call]


class MsdLexer(RegexLexer):
    """The tokens of a spec: those of the grammar, one for one. An Error is what the grammar has no token for."""

    name = "msdl"
    aliases: ClassVar = ["msd", "msdl"]
    filenames: ClassVar = ["*.msd"]
    mimetypes: ClassVar = ["text/x-msd"]
    flags = re.ASCII  # as names are

    tokens: ClassVar = {
        # A statement begins here; where it begins with a name, the name is a column's or an equation's.
        "root": [
            include("gap"),
            (r"[{}]", Punctuation),
            (*_row(("network", Keyword.Declaration), (NAME, Name.Class)), "head"),
            (*_row(("block", Keyword.Declaration), (NAME, Name.Function)), "head"),
            (*_row(("let", Keyword.Declaration), (NAME, Name.Variable)), "statement"),
            (*_row(("from", Keyword), (NAME, Name.Variable)), "statement"),
            (*_row(("exits?", Keyword), (NAME, Name.Label)), "statement"),
            (*_row(("sweep", Keyword), ("up|down", Keyword.Pseudo), (NAME, Name.Label)), "statement"),
            (*_row(("default", Keyword), (NAME, Name.Builtin)), "statement"),
            (*_row(("join", Keyword), ("|".join(JOINS), Keyword.Type)), "statement"),
            (*_row(("reduce", Keyword), ("in", Keyword.Pseudo)), "statement"),
            (r"input\b", Keyword, "input"),
            (r"expect\b", Keyword, "expect"),
            (NAME, Name.Variable, ("statement", "targets")),
            default("statement"),
        ],
        "statement": [
            (r"[\n\r]", Whitespace, "#pop"),
            (r"[;{}]", Punctuation, "#pop"),
            include("expression"),
        ],
        "input": [
            (r"x\b", Operator.Word),
            include("statement"),
        ],
        "expect": [
            (words(QUANTITIES, suffix=r"\b"), Name.Builtin),
            _row(("at", Keyword.Pseudo), (NAME, Name.Label)),
            include("statement"),
        ],
        "targets": [
            (SPACE, Whitespace),
            (r"\[", Punctuation, "brackets"),
            (r",", Punctuation, ("target", "goes on")),
            default("#pop"),
        ],
        "target": [
            (NAME, Name.Variable, "#pop"),
            default("#pop"),
        ],
        "head": [
            (SPACE, Whitespace),
            (r"\(", Punctuation, ("#pop", "statement", "parameters")),
            default(("#pop", "statement")),
        ],
        "parameters": [
            include("keyword"),
            (NAME, Name.Variable),
            (r"=", Operator, "value"),
            include("brackets"),
        ],
        "value": [
            (r",", Punctuation, "#pop"),
            (r"\)", Punctuation, "#pop:2"),
            include("brackets"),
        ],
        # Inside brackets a line's end means nothing. A brace, or what begins a statement, shows that one was left open.
        "brackets": [
            include("gap"),
            (r"[)\]]", Punctuation, "#pop"),
            (rf"{WORD}(?={TRIVIA}=(?!=))", Name.Attribute),
            (rf"(?=[{{}}]|(?:{'|'.join((*DECLARATIONS, *STATEMENTS))})\b)", NOTHING, "root"),
            include("expression"),
        ],
        "expression": [
            (SPACE, Whitespace),
            (r"#[^\n\r]*", Comment.Single),
            (r'"[^"\n\r]*"', String.Double),
            (NUMBER, Number),
            (r'[0-9]\w*(?:\.\w+)*|"[^"\n\r]*', Error),
            (r"->|[=!<>]=|[-+*/%^=<>]", Operator, "goes on"),
            (r"\.\.", Operator),
            (r"[,:]", Punctuation, "goes on"),
            (r"[(\[]", Punctuation, "brackets"),
            (r"[)\]]", Punctuation),
            _row(("for", Keyword.Pseudo), (NAME, Name.Variable), ("in", Keyword.Pseudo)),
            _row(("in", Keyword.Pseudo), ("each", Keyword.Pseudo)),
            (OP, Name.Builtin),
            (words(FUNCTIONS, suffix=r"\b"), Name.Builtin),
            (words(GIVEN, suffix=r"\b"), Name.Builtin.Pseudo),
            include("keyword"),
            (rf"{WORD}(?=\()", Name.Function),
            (WORD, Name),
        ],
        "keyword": [
            (r"import\b", Keyword.Namespace),
            (words(DECLARATIONS, suffix=r"\b"), Keyword.Declaration),
            (words(STATEMENTS, suffix=r"\b"), Keyword),
            (words(HISTORIES, suffix=r"\b"), Keyword.Type),
            (words(PARTICLES, suffix=r"\b"), Keyword.Pseudo),
            (words(BRANCHES, suffix=r"\b"), Keyword.Pseudo, "goes on"),
            (words(LOGIC, suffix=r"\b"), Operator.Word, "goes on"),
        ],
        "gap": [
            (r"[ \t\f\n\r]+", Whitespace),
            (r";", Punctuation),
            (r"#[^\n\r]*", Comment.Single),
        ],
        "goes on": [  # over the line's end
            include("gap"),
            default("#pop"),
        ],
    }


def html(text: str, prefix: str = "line") -> str:
    """A spec as `<div class="msd"><pre>..</pre></div>`; its third line is `<span id="line-3">`."""
    formatter = HtmlFormatter(cssclass="msd", linespans=prefix, wrapcode=True)
    return highlight(text, MsdLexer(stripnl=False), formatter)


def css() -> str:
    """What colours the HTML, on light and on dark screens."""
    return _css("light", LIGHT) + _css("dark", DARK)


def _css(scheme: str, style: str) -> str:
    formatter = HtmlFormatter(style=style)
    rules = [
        *formatter.get_background_style_defs(".msd"),  # type: ignore[no-untyped-call]
        *formatter.get_token_style_defs(".msd"),  # type: ignore[no-untyped-call]
    ]
    return "\n".join([f"@media (prefers-color-scheme: {scheme}) {{", *rules, "}", ""])
