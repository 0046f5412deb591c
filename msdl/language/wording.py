"""What the grammar's tokens are called in messages."""

from __future__ import annotations

from collections.abc import Iterable

from lark.exceptions import UnexpectedToken

from msdl.language.keywords import KEYWORDS
from msdl.language.suggest import did_you_mean

WORDS = {
    "END": "the end of the statement",
    "$END": "the end of the file",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a quoted file name",
    "COMPARE": "a comparison",
    "LPAR": "'('",
    "RPAR": "')'",
    "LSQB": "'['",
    "RSQB": "']'",
    "LBRACE": "'{'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "COLON": "':'",
    "EQUAL": "'='",
    "SLASH": "'/'",
    "_ARROW": "'->'",
    "_TO": "'..'",
    "END_": "'end'",
}
OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "PERCENT", "CIRCUMFLEX"})
STARTS_AN_EXPRESSION = frozenset({"NAME", "NUMBER", "LPAR", "LSQB", "MINUS", "IN"})
MOST_NAMED = 6
# What a place expects that many words could begin, by one of them.
BEGINNINGS = {
    "STEM": "a statement of a network, such as `layers` or `exit`",
    "HORIZONTAL": "a rule, such as `horizontal`, `join` or `then`",
}
# Words that begin a statement; inside a bracket they show that it should have been closed before.
STATEMENTS = frozenset({
    "BLOCK", "DIAGONAL", "EXIT", "EXITS", "EXPECT", "HORIZONTAL", "INPUT", "LAYERS", "LET", "NETWORK", "REDUCE",
    "REPEAT", "SCALES", "STAGES", "STEM", "SWEEP", "TRANSITION", "VERTICAL",
})  # fmt: skip


def describe(error: UnexpectedToken) -> tuple[str, str]:
    """The message and the help line of a syntax error."""
    text = str(error.token)
    kind = error.token.type
    if kind == "END":
        after = "The file ends" if error.token.start_pos is None else "The statement ends"
        return f"{after} before it is complete.", ""
    if kind == "$END":
        return "The file ends inside a statement or a block.", "is a '}' missing?"
    if text in KEYWORDS and "NAME" in error.accepts and "END" not in error.accepts:
        return f"'{text}' is a keyword and can't name a thing.", f"take another name, such as '{text}_'"
    if kind in STATEMENTS and "RBRACE" in error.accepts and "STEM" not in error.accepts:
        return f"'{text}' can't stand here.", "is a '}' missing before it?"
    if kind in OPERATORS and "_ARROW" in error.accepts:
        return (
            f"'{text}' can't stand behind '->'.",
            f"bracket what is meant: `(a -> b) {text} c` or `a -> (b {text} c)`",
        )
    fitting = [word for word in KEYWORDS if word.upper() in error.accepts]
    return f"'{text}' can't stand here.", did_you_mean(text, fitting)


def expected(error: UnexpectedToken) -> str:
    """`expected ',' or a number`, or nothing where too much could follow."""
    accepted = set(error.accepts)
    for word, kinds in BEGINNINGS.items():
        if word in accepted:
            return f"expected {kinds}"
    if accepted >= STARTS_AN_EXPRESSION:
        accepted = (accepted - STARTS_AN_EXPRESSION) | {"an expression"}
    if len(OPERATORS & accepted) > 1:
        accepted = (accepted - OPERATORS) | {"an operator"}
    names = sorted({WORDS.get(token, token if " " in token else f"'{token.lower()}'") for token in accepted})
    return f"expected {either(names)}" if 0 < len(names) <= MOST_NAMED else ""


def either(words: Iterable[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last
