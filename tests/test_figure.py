"""Figures: what a notebook shows of a compilation, sound or broken, and what is saved of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import pytest

from msdl.compilation import Compilation
from msdl.diagnostics import SpecError
from msdl.drawing.render import Unrendered
from msdl.figure import FORMATS, Figure

NET = """
network net {
  input 3 x 16 x 16
  scales 2 { w 4, 8; g 4 * s }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 4 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
  exits at 2, 4: gap linear(2)
}
"""
# What a compilation is of -> what of it a notebook shows, by their SVG's ids and classes; None is nothing.
SHOWN: dict[str, tuple[str, dict[str, str] | None]] = {
    "a network": (NET, {"layer1.scale2": "node cell plain", "exits.layer2": "node exit plain"}),
    "a cell with a mistake": (NET.replace("gap", "avgpool20x20"), {"exits.layer2": "node exit failed"}),
    "an exit beyond the layers": (NET.replace("2, 4", "2, 5"), {"layer1.scale2": "node cell plain"}),
    "a slip of the pen": (NET.replace("gap", "gap gap("), {"layer1.scale2": "node cell plain"}),
    "no network": ("", None),
}
STARTS = {
    "svg": b"<?xml",
    "pdf": b"%PDF",
    "png": b"\x89PNG",
    "html": b"<!doctype html>",
    "tex": b"% net\n\\documentclass",
    "dot": b"digraph net {",
}


def classes(svg: str | None) -> dict[str, str]:
    """The classes of everything in a picture, by its id."""
    assert svg is not None
    elements = ElementTree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}g")
    return {element.get("id", ""): element.get("class", "") for element in elements}


@pytest.fixture
def net() -> Compilation:
    return Compilation.of_text(NET)


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_shows_a_compilation(name: str) -> None:
    text, expected = SHOWN[name]
    shown = Compilation.of_text(text)._repr_svg_()
    assert (shown is None) == (expected is None)
    assert expected is None or expected.items() <= classes(shown).items()


def test_what_can_not_be_read_is_not_shown() -> None:
    assert Compilation.of("nowhere/net.msd")._repr_svg_() is None


@pytest.mark.parametrize("exit", [1, "1", "exit1"])
def test_what_an_exit_needs_is_seen(net: Compilation, exit: str | int) -> None:
    found = classes(Figure(net, exit=exit)._repr_svg_())
    states = {id: found[id].split()[-1] for id in ("layer2.scale2", "layer2.scale1", "layer3.scale2")}
    assert states == {"layer2.scale2": "needed", "layer2.scale1": "skipped", "layer3.scale2": "later"}


def test_an_exit_that_is_not_there(net: Compilation) -> None:
    with pytest.raises(ValueError, match="there is no exit 'last'; the exits are: exit1, exit2"):
        Figure(net, exit="last")._repr_svg_()


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("detail", ["cells", "ops"])
def test_the_suffix_says_what_is_saved(
    net: Compilation, format: str, detail: Literal["cells", "ops"], tmp_path: Path
) -> None:
    path = tmp_path / f"net.{format}"
    Figure(net, order=True, detail=detail).save(path)
    assert path.read_bytes().lower().startswith(STARTS[format].lower())


def test_a_suffix_without_a_format(net: Compilation, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no format 'gif'; there is svg, pdf"):
        Figure(net).save(tmp_path / "net.gif")
    assert [*tmp_path.iterdir()] == []


def test_where_there_is_nothing_to_draw(tmp_path: Path) -> None:
    with pytest.raises(SpecError):
        Figure(Compilation.of_text("")).save(tmp_path / "net.svg")


def test_without_a_renderer_text_is_still_written(
    net: Compilation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    assert net._repr_svg_() is None
    with pytest.raises(Unrendered):
        Figure(net).save(tmp_path / "net.svg")
    Figure(net).save(tmp_path / "net.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["net.tex"]
