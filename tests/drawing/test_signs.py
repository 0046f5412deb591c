"""Exits that are maps carry a small grid, in every format; classifiers don't."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.figure import Figure, svg
from tests.drawing.parsed import Drawing
from tests.drawing.sweeps import PYRAMID
from tests.drawing_ops.geometry import of_box

SIGNED = ["exits.fine", "exits.mid"]


def figure(**view: object) -> Figure:
    return Figure(Compilation.of_text(PYRAMID), **view)  # type: ignore[arg-type]


@pytest.mark.parametrize("detail", ["cells", "ops"])
def test_a_map_is_signed_and_a_classifier_is_not(detail: str) -> None:
    picture = figure(detail=detail).picture
    boxes = {box.id: box for box in picture if box.role == "exit"}
    assert {*SIGNED} == {box.id for box in boxes.values() if box.is_map} == boxes.keys() - {"exits.sort"}
    signs = {sign.of: sign for sign in picture.signs}
    assert sorted(filter(None, signs)) == SIGNED
    for id in SIGNED:
        sign, box = signs[id], of_box(boxes[id])
        assert box.low.x < sign.x - sign.size / 2 and sign.x + sign.size / 2 < boxes[id].x
        assert sign.y - sign.size / 2 < box.high.y < sign.y + sign.size / 2


@pytest.mark.parametrize("detail", ["cells", "ops"])
def test_the_legend_explains_the_sign(detail: str) -> None:
    picture = figure(detail=detail).picture
    (sample,) = (sign for sign in picture.signs if sign.of is None)
    (words,) = (words for words in picture.words if words.text == "an exit that is a map")
    assert (words.role, words.at.y) == ("legend", sample.y) and sample.x + sample.size / 2 < words.at.x


def test_without_maps_there_is_no_sign() -> None:
    picture = Figure(Compilation.of("resnet18")).picture
    assert not picture.signs and "an exit that is a map" not in {words.text for words in picture.words}


def test_svg_has_a_square_with_two_lines_each_way() -> None:
    signs = Drawing(svg(figure()).decode()).of("node", "sign")
    assert signs.keys() == {"exits.fine.map", "exits.mid.map", "legend.map"}
    for sign in signs.values():
        shapes = [each.tag.rpartition("}")[2] for each in sign.element.iter()]
        assert (shapes.count("polygon"), shapes.count("polyline"), "".join(sign.texts).strip()) == (1, 8, "")


def test_the_sign_is_as_pale_as_its_exit() -> None:
    states = {sign.of: sign.state for sign in figure(exit="sort").picture.signs}
    boxes = {box.id: box.state for box in figure(exit="sort").picture}
    assert {id: states[id] for id in SIGNED} == {id: boxes[id] for id in SIGNED} == dict.fromkeys(SIGNED, "skipped")
