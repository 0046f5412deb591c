"""Pictures in the DOT language: goldens, the same bytes everywhere, and texts that can't break out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from msdl.backends.dot import dot, emit
from msdl.backends.dot.writing import LONGEST, tooltip
from msdl.compilation import Compilation
from msdl.drawing.draw import draw
from msdl.drawing.picture import Box, Picture, View
from msdl.drawing.render import render
from tests.conftest import Golden
from tests.drawing.parsed import Drawing
from tests.drawing.sweeps import PYRAMID, UNPOOLED, U

GOLDEN = Path(__file__).parents[1] / "golden" / "drawing"

GRID = """network grid {
  input 3 x 16 x 16
  scales 2 { g 4, 8 }
  stem conv3x3(4)
  vertical conv3x3(8)/2
  layers 4 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
  reduce at 2: conv1x1(compress(0.5))
  exits at 2, 4: gap linear(2)
}"""
STAGES = """network staged {
  input 3 x 16 x 16
  scales 2 { depth 2, 3; c 8, 16 }
  stem conv3x3(c)
  stages residual { layer conv3x3(c) bn relu; between conv3x3(c)/2 bn }
  exit early at stage 1: gap linear(2)
  exit at end: gap linear(2)
}"""
CASES: dict[str, tuple[str, View]] = {
    "grid": (GRID, View()),
    "exit": (GRID, View(exit=0, order=True, cost=True)),
    "fold": (GRID, View(dense="fold")),
    "stages": (STAGES, View()),
    "u": (U, View()),
    "unpooled": (UNPOOLED, View(exit=0)),
    "pyramid": (PYRAMID, View()),
    "broken": (GRID.replace("gap", "gapp"), View()),
}


def picture(name: str) -> Picture:
    text, view = CASES[name]
    compilation = Compilation.of_text(text)
    graph = compilation.network if compilation.valid else compilation.graph
    assert graph is not None
    return draw(graph, view, compilation.schedule if compilation.valid else None, compilation.diagnostics)


@pytest.mark.parametrize("name", CASES)
def test_the_drawing_is_the_one_we_looked_at(name: str, golden: Golden) -> None:
    """Places are pinned and texts centred, so the SVG owes nothing to the fonts of a machine."""
    source = dot(picture(name))
    golden(source, GOLDEN / f"{name}.dot")
    golden(render(source, "svg").decode(), GOLDEN / f"{name}.svg")


def test_the_backend_draws_a_network_plainly() -> None:
    compilation = Compilation.of_text(GRID)
    assert compilation.emit("dot") == dot(picture("grid"))
    assert emit(compilation.network, compilation.schedule, "", "") == dot(draw(compilation.network))


@pytest.mark.parametrize("format", ["dot", "svg"])
def test_every_process_writes_the_same(format: str, tmp_path: Path) -> None:
    (tmp_path / "net.msd").write_text(GRID)
    drawn = []
    for seed in ("0", "1", "42"):
        command = [sys.executable, "-m", "msdl", "draw", "net.msd", "-o", f"{seed}.{format}", "--order", "--cost"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        drawn.append((tmp_path / f"{seed}.{format}").read_bytes())
    assert drawn[0] == drawn[1] == drawn[2]


HOSTILE = [
    "<script>alert(1)</script>",
    "</text></svg><script/>",
    "\"quotes\" and 'others'",
    '"];evil[label="',
    "a\\",
    "\\N \\G \\E \\l \\\\",
    '\\"',
    "<<b>bold</b>>",
    "&lt;b&gt; &amp; &#60; & &nosuch;",
    "--> ]]> <!--",
    "one\ntwo",
    "{a|b} %s $x",
    "ünïcödé αβγ 图",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_stay_texts(text: str) -> None:
    """What is said in a box and in a tooltip is read back as it was."""
    box = Box("cell", "cell", 50, 50, 400, 80, (text,), tooltip=text)
    drawn = Drawing(_svg(Picture("name", 500, 100, (), (), (box,), (), ())))
    group = drawn.of("cell")["cell"]
    assert "\n".join(group.texts).replace("\xa0", " ") == text
    assert group.tooltip == text
    assert {each.tag.rpartition("}")[2] for each in group.element.iter()} <= {"g", "title", "a", "polygon", "text"}


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", "\ud800", "\ufffe", "\u2028", "\t"])
def test_what_xml_cannot_hold_is_replaced(sign: str) -> None:
    box = Box("cell", "cell", 50, 50, 90, 30, ("a",), tooltip=f"a{sign}b")
    drawn = Drawing(_svg(Picture("name", 100, 100, (), (), (box,), (), ())))
    assert drawn.of("cell")["cell"].tooltip == "a\N{REPLACEMENT CHARACTER}b"


def test_a_very_long_text_is_cut() -> None:
    assert len(tooltip("a" * 100_000)) == LONGEST
    box = Box("cell", "cell", 50, 50, 90, 30, ("a",), tooltip="<" * 100_000)
    assert len(_svg(Picture("name", 100, 100, (), (), (box,), (), ()))) < 10_000


@pytest.mark.parametrize("name", ['a"b', "<b>", "a -> b", "graph", "a b", "a:b", "größe"])
def test_names_of_networks_are_quoted(name: str) -> None:
    """The grammar lets no such name through; the backend doesn't rely on it."""
    drawn = Drawing(_svg(replace(picture("grid"), name=name)))
    assert drawn.boxes.keys() == {box.id for box in picture("grid")}


def _svg(picture: Picture) -> str:
    return render(dot(picture), "svg").decode()
