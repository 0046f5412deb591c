"""The grammar itself: no conflicts, tables that belong to it, keywords where they are promised."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lark import Lark

from msdl import library
from msdl.language.keywords import KEYWORDS
from msdl.language.parse import OPTIONS, StatementEnds, parse, tables
from msdl.source import Source

# LANGUAGE, section 2.
RESERVED = frozenset(
    "and at between block blocks default dense diagonal down each else end exit exits expect for from horizontal"
    " import in input join layer layers leave let network on or plain reduce repeat residual scale scales stage"
    " stages stem step sweep then transition up vertical when where".split()
)


def grammar() -> str:
    return library.GRAMMAR.read_text(encoding="utf-8")


def test_there_are_no_conflicts() -> None:
    """Strict mode raises on shift/reduce conflicts, and on two terminals that match the same text (interegular)."""
    pytest.importorskip("interegular")
    Lark(grammar(), **OPTIONS, postlex=StatementEnds(), strict=True)


def test_the_tables_belong_to_the_grammar() -> None:
    """`make golden` writes them; stale tables would be computed anew in every run, which takes 0.2 s.

    Lark numbers its states differently in every process, so only what doesn't hang on the numbers is compared.
    """
    stored = json.loads(library.TABLES.read_text(encoding="utf-8"))
    fresh = json.loads(json.dumps(tables(grammar())))
    assert stored["digest"] == fresh["digest"]
    assert _contents(stored) == _contents(fresh)
    for tables_ in (stored, fresh):
        assert sorted(tables_["data"]["parser"]["parser"]["start_states"]) == ["start", "value"]
    states = [len(t["data"]["parser"]["parser"]["states"]) for t in (stored, fresh)]
    assert states[0] == states[1]


def _contents(tables_: dict[str, Any]) -> list[str]:
    """The terminals and rules, in any order."""
    return sorted(json.dumps(thing, sort_keys=True) for thing in tables_["memo"].values())


def test_the_reserved_words_are_the_documented_ones() -> None:
    assert sorted(KEYWORDS) == sorted(RESERVED)


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_keyword_names_nothing(word: str) -> None:
    _, found = parse(Source("t", f"let {word} = 1\n"))
    assert [d.code for d in found] == ["MSD104"]
    assert found[0].message == f"'{word}' is a keyword and can't name a thing."
    assert found[0].span is not None
    assert found[0].span.text == word


@pytest.mark.parametrize("word", sorted(RESERVED))
def test_a_keyword_may_name_an_argument(word: str) -> None:
    _, found = parse(Source("t", f"block b = conv3x3(4, {word} = 2, {word}=3)\n"))
    assert found == ()


@pytest.mark.parametrize(
    "word", ["endless", "inner", "stem1", "_at", "layers_", "x", "X", "l0", "exit1", "forall", "Layers"]
)
def test_a_word_that_starts_like_a_keyword_is_a_name(word: str) -> None:
    _, found = parse(Source("t", f"let {word} = 1\n"))
    assert found == ()
