"""What a thing can be called."""

from __future__ import annotations

import pytest

from msdl.language.keywords import KEYWORDS, is_name
from msdl.language.parse import parse
from msdl.source import Source

WORDS = (
    *sorted(KEYWORDS),
    "net",
    "_",
    "x2",
    "Layer",
    "conv3x3",
    "s",
    "gap",
    "2x",
    "a-b",
    "a b",
    "été",
    "a\n",
    "",
    "a {} b",
)


@pytest.mark.parametrize("word", WORDS)
def test_a_name_is_what_the_grammar_takes(word: str) -> None:
    document, found = parse(Source("net.msd", f"network {word} {{}}"))
    assert is_name(word) == (not found and [network.name.text for network in document.networks] == [word])
