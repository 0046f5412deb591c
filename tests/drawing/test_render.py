"""DOT -> files, through Graphviz's libraries, which must say nothing and may be missing."""

from __future__ import annotations

import os
import sys
from typing import get_args

import pytest

from msdl.drawing.render import Format, Unrendered, render

DOT = 'digraph { a [pos="50,50!", label="a"] }'
STARTS = {"svg": b"<?xml", "pdf": b"%PDF-", "png": b"\x89PNG"}


@pytest.mark.parametrize("format", get_args(Format))
def test_formats(format: Format, capfd: pytest.CaptureFixture[str]) -> None:
    assert render(DOT, format).startswith(STARTS[format])
    assert capfd.readouterr() == ("", "")


def test_an_svg_has_no_comments() -> None:
    """They would name Graphviz's version, which must not change the file."""
    drawn = render(DOT, "svg")
    assert b"<!--" not in drawn and b"graphviz" not in drawn


def test_what_graphviz_warns_of_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    render('digraph { a [pos="50,50!", fixedsize=true, width=0.1, label="much too long"] }', "svg")
    assert capfd.readouterr().err == ""
    os.write(2, b"still open\n")
    assert capfd.readouterr().err == "still open\n"


@pytest.mark.parametrize("text", ["digraph {", "no graph"])
def test_what_is_not_dot(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Unrendered, match=r"^Graphviz failed: "):
        render(text, "svg")
    assert capfd.readouterr().err == ""


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    with pytest.raises(Unrendered, match="pip install"):
        render(DOT, "svg")
