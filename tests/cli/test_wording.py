"""What the commands' texts for people have in common."""

from __future__ import annotations

import sys

import pytest

from msdl.cli.wording import columns, enumeration, percent, table, word, wrapped
from msdl.network.layers import Activation, AdaptivePool, BatchNorm, Concat, Layer, Linear, Pool


@pytest.mark.parametrize(
    ("words", "text"),
    [("", ""), ("a", "a"), ("ab", "a and b"), ("abc", "a, b and c"), ("abcdefgh", "a, b, c, d, e, f and 2 more")],
)
def test_enumeration(words: str, text: str) -> None:
    assert enumeration([*words]) == text


@pytest.mark.parametrize(
    ("layer", "text"),
    [
        (Activation("relu6"), "relu6"),
        (Pool("average", (2, 2), (2, 2), (0, 0)), "avgpool"),
        (AdaptivePool(1, 1), "pool"),
        (BatchNorm(4), "bn"),
        (Linear(4, 2), "linear"),
        (Concat(), "concat"),
    ],
)
def test_word(layer: Layer, text: str) -> None:
    assert word(layer) == text


def test_columns() -> None:
    assert columns([["a", "1", ""], ["bcd", "23", "e"]], "<><") == ["a     1", "bcd  23  e"]
    assert columns([["", "a", ""]], "<<<") == ["  a"]
    assert columns([], "<<") == []


def test_table() -> None:
    assert table(["a", "b"], [["one", "1"], ["two", "22"]], "<>").splitlines() == [
        "a     b",
        "───────",
        "one   1",
        "two  22",
    ]


def test_percent() -> None:
    assert [percent(share) for share in (0, 0.0001, 0.98765, 1)] == ["0.00 %", "0.01 %", "98.77 %", "100.00 %"]


def test_rows_are_wrapped_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    parts = ["exit1", "12345", "12", "1234567890123"]
    assert wrapped(parts, 2) == "exit1 12345 12 1234567890123"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert wrapped(parts, 2).splitlines() == ["exit1 12345", "  12", "  1234567890123"]
