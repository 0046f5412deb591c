"""Sweeps are columns of the grid: what goes down and up again reads as a U, and exits stand beside it."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.drawing.draw import draw
from msdl.drawing.picture import Box, Line, Picture, View
from tests.drawing.sweeps import PYRAMID, TEXTS, UNPOOLED, U
from tests.drawing_ops.geometry import of_box, run_through


def drawn(text: str, view: View | None = None) -> Picture:
    compilation = Compilation.of_text(text)
    return draw(compilation.network, view or View(), compilation.schedule)


def boxes_of(picture: Picture) -> dict[str, Box]:
    return {box.id: box for box in picture}


def line(picture: Picture, source: str, target: str) -> Line:
    (found,) = (line for line in picture.lines if (line.source, line.target) == (source, target))
    return found


def headings(picture: Picture) -> dict[str, float]:
    return {words.text: words.at.x for words in picture.words if words.role == "column"}


def test_a_sweep_down_and_one_up_make_a_u() -> None:
    boxes = boxes_of(drawn(U))
    left, right = boxes["enc.scale1"], boxes["sweep1.scale1"]
    bottom = boxes["enc.scale3"]
    assert {boxes[f"enc.scale{s}"].x for s in (1, 2)} == {left.x}
    assert {boxes[f"sweep1.scale{s}"].x for s in (1, 2)} == {right.x}
    assert left.right.x < bottom.left.x and bottom.right.x < right.left.x
    for scale in (1, 2):
        assert boxes[f"enc.scale{scale}"].y == boxes[f"sweep1.scale{scale}"].y > bottom.y
    assert headings(drawn(U)) == {"enc": left.x, "sweep1": right.x}


def test_its_lines_go_down_across_and_up() -> None:
    picture = drawn(U)
    boxes = boxes_of(picture)
    falls, turns = line(picture, "enc.scale1", "enc.scale2"), line(picture, "enc.scale2", "enc.scale3")
    climbs, rises = line(picture, "enc.scale3", "sweep1.scale2"), line(picture, "sweep1.scale2", "sweep1.scale1")
    assert {each.kind for each in (falls, turns, climbs, rises)} == {"vertical"}
    assert (falls.points[0], falls.points[-1]) == (boxes["enc.scale1"].bottom, boxes["enc.scale2"].top)
    assert (turns.points[0], turns.points[-1]) == (boxes["enc.scale2"].bottom, boxes["enc.scale3"].left)
    assert (climbs.points[0], climbs.points[-1]) == (boxes["enc.scale3"].right, boxes["sweep1.scale2"].bottom)
    assert (rises.points[0], rises.points[-1]) == (boxes["sweep1.scale2"].top, boxes["sweep1.scale1"].bottom)
    across = line(picture, "enc.scale1", "sweep1.scale1")
    assert (across.kind, across.points[0].y) == ("horizontal", across.points[-1].y)


def test_what_says_where_the_maxima_were_has_an_ink_of_its_own() -> None:
    picture = drawn(UNPOOLED)
    unpools = {(line.source, line.target) for line in picture.lines if line.kind == "unpool"}
    assert unpools == {("stem", "sweep1.scale1"), ("enc.scale2", "sweep1.scale2")}
    assert "unpool" in {words.text for words in picture.words if words.role == "legend"}


def test_sweeps_stand_right_of_stages_and_exits_beside_them() -> None:
    """Where the coarsest scale of the second sweep is the first's as it is, it has no box of its own."""
    boxes = boxes_of(drawn(PYRAMID))
    assert "sweep1.scale3" not in boxes
    columns = [boxes[id].x for id in ("layer4.scale2", "lateral.scale2", "sweep1.scale2", "exits.mid")]
    assert columns == sorted({*columns})
    assert {boxes[f"lateral.scale{s}"].x for s in (1, 2, 3)} == {columns[1]}
    rows = {"exits.fine": "stem", "exits.mid": "lateral.scale2", "exits.sort": "lateral.scale3"}
    assert all(boxes[exit].y == boxes[cell].y for exit, cell in rows.items())


def test_in_a_grid_an_exit_before_the_sweep_stays_below() -> None:
    boxes = boxes_of(drawn(TEXTS["grid"]))
    early, late = boxes["exits.early"], boxes["exits.late"]
    assert early.x == boxes["layer2.scale3"].x and early.y < boxes["layer2.scale3"].y
    assert late.y == boxes["sweep1.scale1"].y and late.x > boxes["sweep1.scale1"].x


@pytest.mark.parametrize("text", TEXTS.values(), ids=[*TEXTS])
def test_no_line_runs_through_a_box(text: str) -> None:
    picture = drawn(text)
    boxes = {box.id: of_box(box) for box in picture}
    for line in picture.lines:
        others = {id: box for id, box in boxes.items() if id not in (line.source, line.target)}
        assert run_through(line.points, others) == [], line.id


@pytest.mark.parametrize("text", [U, UNPOOLED], ids=["u", "unpooled"])
def test_a_sweep_ends_no_scale(text: str) -> None:
    assert not [mark for mark in drawn(text).marks if mark.role == "end"]
