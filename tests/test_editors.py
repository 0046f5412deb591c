"""What editors are given: the TextMate grammar has the highlighter's words, and colours specs as it does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace, _TokenType

from msdl.language import highlight
from msdl.language.highlight import MsdLexer
from msdl.language.parse import parse
from msdl.source import Source
from msdl.version import VERSION
from tests.language.corpus import corpus

FOLDER = Path(__file__).parents[1] / "editors" / "vscode"
GRAMMAR = FOLDER / "syntaxes" / "msd.tmLanguage.json"

# The scopes of the tokens that a valid spec has, by their beginnings.
SCOPES: Mapping[_TokenType, tuple[str, ...]] = {
    Comment.Single: ("comment.line.number-sign.",),
    Number: ("constant.numeric.",),
    String.Double: ("string.quoted.double.",),
    Operator: ("keyword.operator.msd",),
    Operator.Word: ("keyword.operator.word.",),
    Punctuation: ("punctuation.",),
    Keyword: ("keyword.control.msd",),
    Keyword.Declaration: ("storage.type.",),
    Keyword.Namespace: ("keyword.control.import.",),
    Keyword.Type: ("storage.modifier.",),
    Keyword.Pseudo: ("keyword.other.",),
    Name: ("variable.other.msd",),
    Name.Attribute: ("variable.parameter.argument.",),
    Name.Builtin: ("support.",),
    Name.Builtin.Pseudo: ("variable.language.",),
    Name.Class: ("entity.name.type.",),
    Name.Function: ("entity.name.function.",),
    Name.Label: ("entity.name.label.",),
    Name.Variable: ("variable.other.declaration.", "variable.parameter.msd"),
}


def grammar() -> dict[str, Any]:
    return json.loads(GRAMMAR.read_text(encoding="utf-8"))


def rules(node: object) -> Iterator[dict[str, Any]]:
    """Every rule of a grammar, whatever it stands in."""
    if isinstance(node, list):
        for item in node:
            yield from rules(item)
    elif isinstance(node, dict):
        yield node
        yield from rules([*node.values()])


def words(scope: str) -> tuple[str, ...]:
    """The words that the grammar gives a scope by themselves."""
    patterns = [rule["match"] for rule in rules(grammar()) if rule.get("name") == scope and "match" in rule]
    lists = [re.fullmatch(r"\\b(?:\(\?:)?([\w|]+)\)?\\b", pattern) for pattern in patterns]
    return tuple(word for found in lists if found for word in found[1].split("|"))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("keyword.control.import.msd", ("import",)),
        ("storage.type.msd", highlight.DECLARATIONS),
        ("keyword.control.msd", highlight.STATEMENTS),
        ("storage.modifier.msd", highlight.HISTORIES),
        ("keyword.other.msd", (*highlight.PARTICLES, *highlight.BRANCHES)),
        ("keyword.operator.word.msd", ("x", *highlight.LOGIC)),
        ("support.function.msd", highlight.FUNCTIONS),
        ("support.variable.msd", highlight.QUANTITIES),
        ("variable.language.msd", highlight.GIVEN),
    ],
)
def test_the_words_are_the_highlighters(scope: str, expected: tuple[str, ...]) -> None:
    assert words(scope) == expected


def test_the_ops_are_the_highlighters() -> None:
    (pattern,) = [rule["match"] for rule in rules(grammar()) if rule.get("name") == "support.function.op.msd"]
    written = pattern.removeprefix(r"\b(?:(?:").removesuffix(r")\b")
    kernels, _, rest = written.partition(")[1-9][0-9]{0,3}x[1-9][0-9]{0,3}|")
    assert (*(f"{op}KxK" for op in kernels.split("|")), *rest.split("|")) == highlight.OPS


def test_lists_inside_patterns_are_the_highlighters() -> None:
    patterns = [rule.get("match", rule.get("begin", "")) for rule in rules(grammar())]
    assert any(f"({'|'.join(highlight.JOINS)})" in pattern for pattern in patterns)
    assert any(f"(?!(?:{'|'.join(highlight.KEYWORDS)})\\b)" in pattern for pattern in patterns)


def test_patterns_compile_and_names_exist() -> None:
    whole = grammar()
    for rule in rules(whole):
        for key in ("match", "begin", "end"):
            re.compile(rule.get(key, ""))
        assert rule.get("include", "#column").removeprefix("#") in whole["repository"]
        assert rule.get("name", ".msd").endswith(".msd") or rule is whole


def test_the_package_names_its_files() -> None:
    package = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
    (language,), (colours,) = package["contributes"]["languages"], package["contributes"]["grammars"]
    assert colours["scopeName"] == grammar()["scopeName"]
    assert FOLDER / colours["path"] == GRAMMAR
    assert colours["language"] == language["id"]
    assert language["extensions"] == [f".{ending}" for ending in grammar()["fileTypes"]]
    assert package["version"] == VERSION
    configuration = json.loads((FOLDER / language["configuration"]).read_text(encoding="utf-8"))
    assert configuration["comments"]["lineComment"] == "#"
    for pattern in (configuration["wordPattern"], *configuration["indentationRules"].values()):
        re.compile(pattern)


def valid() -> Iterator[tuple[str, str]]:
    """The specs without a syntax error: what is typed halfway may look different in an editor."""
    for name, text in corpus():
        whole = text if "network" in text else f"network t {{\n{text}\n}}\n"
        if not parse(Source(name, whole))[1]:
            yield name, whole


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in valid()])
def test_specs_look_as_highlighted(text: str) -> None:
    """Every token has the scope of its kind, as an engine of TextMate grammars sees it."""
    engine = pytest.importorskip("textmate_grammar.parsers.base")
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    scopes = {
        starts[line] + column + offset: scopes[-1]
        for (line, column), part, scopes in engine.LanguageParser(grammar()).parse_string(text).flatten()
        for offset in range(len(part))
    }
    for start, kind, part in MsdLexer().get_tokens_unprocessed(text):
        if kind is not Whitespace:
            assert scopes[start].startswith(SCOPES[kind]), (part, kind, scopes[start])
