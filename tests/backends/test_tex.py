"""TikZ: every box, line, band, mark and word of a picture once, at its place; LaTeX compiles it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from msdl.backends.tex import WIDEST, emit, tex
from msdl.backends.tex.escaping import comment, escaped
from msdl.compilation import Compilation
from msdl.drawing.looks import FADED
from msdl.drawing.picture import Picture, Point, Words
from msdl.figure import Figure
from tests.conftest import Golden
from tests.drawing.sweeps import PYRAMID, U

GOLDEN = Path(__file__).parents[1] / "golden" / "drawing"
GRID = """
network grid {
  input 3 x 16 x 16
  scales 3 { w 4, 8, 8; g 4 * s }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 6 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
  reduce at 3: conv1x1(compress(0.5))
  exits at 2, 4, 6: gap linear(2)
}
"""
STAGES = """
network staged {
  input 3 x 16 x 16
  scales 2 { depth 3, 2 }
  stem conv3x3(4) bn
  stages dense {
    layer   conv3x3(4)
    between conv1x1(8) avgpool2x2/2
  }
  exit at end: gap linear(2)
}
"""
BROKEN = GRID.replace("gap linear(2)", "avgpool8x8 gap linear(2)")
# A text, and what of it is to be seen.
FIGURES: dict[str, tuple[str, dict[str, Any]]] = {
    "grid": (GRID, {}),
    "grid_exit2_order": (GRID, {"exit": 2, "order": True}),
    "grid_cost": (GRID, {"cost": True}),
    "grid_folded": (GRID, {"dense": "fold"}),
    "grid_broken": (BROKEN, {}),
    "stages": (STAGES, {}),
    "stages_ops": (STAGES, {"detail": "ops"}),
    "u": (U, {}),
    "pyramid_sort": (PYRAMID, {"exit": "sort"}),
}
AT = r"\((-?[\d.]+), (-?[\d.]+)\)"
# Characters as they stand in a text -> as TeX sets them.
SIGNS = {
    "msdnet_cifar": r"msdnet\_cifar",
    "100 % of $1 & #2": r"100 \% of \$1 \& \#2",
    "{a}": r"$\{$a$\}$",
    r"\input": r"$\backslash$input",
    "a^2 ~b": r"a\textasciicircum{}2 \textasciitilde{}b",
    '<script>"|"': "$<$script$>${''}$|${''}",
    "a…": r"a\dots{}",
    "日": "U+65E5",
    "two\nlines": "two lines",
}
HOSTILE = "\\end{document} %$&#_{}^~ <script> \"quoted\" 'single' |日…\n\\nothing"


def picture(name: str) -> Picture:
    text, options = FIGURES[name]
    return Figure(Compilation.of_text(text), **options).picture


def compiles(text: str, folder: Path) -> bool:
    """Whether LaTeX makes a document of it and has nothing to warn of."""
    (folder / "drawing.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "drawing.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    return done.returncode == 0 and "Warning" not in done.stdout and (folder / "drawing.pdf").exists()


def latex_is_installed() -> bool:
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return False
    found = [
        subprocess.run(["kpsewhich", name], capture_output=True, check=False) for name in ("tikz.sty", "standalone.cls")
    ]
    return all(done.returncode == 0 for done in found)


needs_latex = pytest.mark.skipif(not latex_is_installed(), reason="there is no LaTeX with TikZ here")


def numbers(points: list[tuple[str, str]]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in points]


def rounded(*points: Point) -> list[tuple[float, float]]:
    return [(float(f"{x:.1f}"), float(f"{y:.1f}")) for x, y in points]


def drawn(text: str, layer: str) -> list[str]:
    """The lines of one layer of ink."""
    found = re.search(rf"% {layer}\n  \\begin{{scope}}\n(.*?)  \\end{{scope}}", text, re.DOTALL)
    return found[1].splitlines() if found else []


@pytest.mark.parametrize("name", FIGURES)
def test_the_document_is_the_one_we_read(name: str, golden: Golden) -> None:
    golden(tex(picture(name)), GOLDEN / f"{name}.tex")


@pytest.mark.parametrize("name", FIGURES)
def test_every_cell_is_a_node_at_its_place(name: str) -> None:
    shown = picture(name)
    nodes = [re.search(rf"\\node\[.*?\] \((.*?)\) at {AT}", line) for line in drawn(tex(shown), "cells and exits")]
    assert [node[1] for node in nodes] == [box.id.replace(".", "-") for box in shown.boxes]
    assert numbers([node.groups()[1:] for node in nodes]) == rounded(*(Point(box.x, box.y) for box in shown.boxes))


@pytest.mark.parametrize("name", FIGURES)
def test_every_connection_is_a_path_through_its_points(name: str) -> None:
    shown = picture(name)
    paths = drawn(tex(shown), "connections")
    assert len(paths) == len(shown.lines)
    for path, line in zip(paths, shown.lines, strict=True):
        ends = line.points if "controls" in path else (line.points[0], line.points[-1])
        assert path.startswith(f"    \\draw[{'dense ' if line.dense else ''}{line.kind} line")
        assert ("bold line" in path, f"{line.state} line" in path) == (line.bold, line.state in FADED)
        assert numbers(re.findall(AT, path.split("%")[0])) == rounded(*ends)


@pytest.mark.parametrize("name", FIGURES)
def test_bands_marks_and_words_are_there(name: str) -> None:
    shown, text = picture(name), tex(picture(name))
    for layer, things in (
        ("bands", shown.bands),
        ("marks", (*shown.marks, *shown.swatches, *shown.signs)),
        ("words", shown.words),
    ):
        assert len(drawn(text, layer)) == len(things)
    for line, words in zip(drawn(text, "words"), shown.words, strict=True):
        assert line.endswith(f"{{{escaped(words.text)}}};")


@pytest.mark.parametrize("name", FIGURES)
def test_every_style_and_colour_that_is_used_is_defined(name: str) -> None:
    text = tex(picture(name))
    styles = set(re.findall(r"^  ([a-z ]+)/\.style", text, re.MULTILINE))
    colours = set(re.findall(r"\\definecolor{(.*?)}", text))
    used = {key for options in re.findall(r"\\(?:node|draw)\[(.*?)\]", text) for key in options.split(", ")}
    assert {key for key in used if "=" not in key} <= styles
    assert set(re.findall(r"(?:draw|fill|text)=([a-z ]+)", text.split(r"\begin{document}")[0])) <= colours


@pytest.mark.parametrize("name", FIGURES)
def test_braces_and_environments_are_closed(name: str) -> None:
    text = re.sub(r"\\[{}]", "", tex(picture(name)))
    assert text.count("{") == text.count("}")
    assert sorted(re.findall(r"\\begin{(.*?)}", text)) == sorted(re.findall(r"\\end{(.*?)}", text))


@pytest.mark.parametrize(("text", "expected"), SIGNS.items())
def test_signs_are_themselves(text: str, expected: str) -> None:
    assert escaped(text) == expected


def test_a_comment_ends_where_its_line_does() -> None:
    assert comment(HOSTILE).count("\n") == 0


def test_the_backend_says_what_it_was_made_from() -> None:
    network = Compilation.of_text(GRID)
    text = emit(network.network, network.schedule, "0123", "1.0")
    assert text == f"% Drawn by msdl 1.0 from grid (0123).\n{tex(picture('grid'))}"


def test_the_widest_drawing_fits_a_page() -> None:
    wide = replace(picture("grid"), width=4 * WIDEST)
    assert "[x=0.2500bp, y=0.2500bp, every node/.style={scale=0.2500}]" in tex(wide)


@needs_latex
@pytest.mark.parametrize("name", FIGURES)
def test_latex_compiles_it(name: str, tmp_path: Path) -> None:
    assert compiles(tex(picture(name)), tmp_path)


@needs_latex
def test_latex_sets_every_sign(tmp_path: Path) -> None:
    shown = picture("grid")
    boxes = tuple(replace(box, lines=(HOSTILE,), tooltip=HOSTILE) for box in shown.boxes)
    words = (*shown.words, Words("title", Point(0, 0), HOSTILE))
    assert compiles(tex(replace(shown, name=HOSTILE, boxes=boxes, words=words)), tmp_path)


@needs_latex
def test_latex_compiles_the_widest(tmp_path: Path) -> None:
    shown = picture("grid")
    moved = tuple(replace(box, x=box.x * 40) for box in shown.boxes)
    assert compiles(tex(replace(shown, width=shown.width * 40, boxes=moved)), tmp_path)
