"""What options bring out: what an exit needs, the lazy order, costs, dense connections."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from msdl.analysis.connections import is_first_value
from msdl.compilation import Compilation
from msdl.drawing.draw import draw
from msdl.drawing.picture import Picture, View
from msdl.network.layers import macs
from tests.laws.sketches import SKETCHES, Sketch

laws = settings(max_examples=30, derandomize=True, deadline=None)


def picture(compilation: Compilation, view: View) -> Picture:
    return draw(compilation.network, view, compilation.schedule, compilation.diagnostics)


@laws
@given(SKETCHES)
def test_an_exit_needs_what_is_compiled_for_it_alone(sketch: Sketch) -> None:
    whole = Compilation.of_text(sketch.text)
    for number, exit in enumerate(whole.network.exits):
        alone = Compilation.of_text(sketch.text, exit=number + 1).network
        states = {box.id: box.state for box in picture(whole, View(exit=number))}
        needed = {node.cell.id for node in (alone if is_first_value(alone) else alone.layers)} | {exit.cell.id}
        assert {id for id, state in states.items() if state == "needed"} == needed
        layers = {node.cell.id: node.cell.layer for node in whole.network.layers}
        for id in states.keys() & layers.keys() - needed:
            assert states[id] == ("later" if layers[id] > exit.layer else "skipped")


@laws
@given(SKETCHES)
def test_lines_follow_what_they_lead_to(sketch: Sketch) -> None:
    """A needed line joins needed cells; a grey one leads to a cell that is as grey; grey ones lie below others."""
    compilation = Compilation.of_text(sketch.text)
    drawn = picture(compilation, View(exit=0))
    states = {box.id: box.state for box in drawn}
    for line in drawn.lines:
        assert line.state == states[line.target] or (states[line.target], states[line.source]) == ("needed", "skipped")
        assert line.state != "needed" or states[line.source] == "needed"
    order = [("later", "skipped", "plain", "needed").index(line.state) for line in drawn.lines]
    assert order == sorted(order)


@laws
@given(SKETCHES)
def test_numbers_are_those_of_the_schedule(sketch: Sketch) -> None:
    compilation = Compilation.of_text(sketch.text)
    graph = compilation.network
    numbers = {box.id: box.order for box in picture(compilation, View(order=True))}
    listed = [graph[id].cell.id for section in compilation.schedule.sections for id in section.nodes]
    assert [*dict.fromkeys(listed)] == sorted(filter(numbers.get, numbers), key=lambda id: numbers[id] or 0)
    assert {id for id, number in numbers.items() if number is None} == numbers.keys() - {*listed}


def test_shades_are_parts_of_the_dearest_cell() -> None:
    compilation = Compilation.of("msdnet_cifar_anytime")
    graph = compilation.network
    shades = {box.id: box.shade or 0.0 for box in picture(compilation, View(cost=True))}
    costs = {id: sum(macs(n.layer, n.size) for n in graph.layers if n.cell.id == id) for id in shades}
    assert sum(costs.values()) == compilation.costs.macs
    assert {id: shade * max(costs.values()) for id, shade in shades.items()} == pytest.approx(costs)


def test_without_options_nothing_is_brought_out() -> None:
    drawn = picture(Compilation.of("msdnet_cifar_anytime"), View())
    assert {(box.state, box.shade, box.order) for box in drawn} == {("plain", None, None)}
    assert {(line.state, line.bold) for line in drawn.lines} == {("plain", False)}


@pytest.mark.parametrize(
    ("depth", "dense", "folds"),
    [(10, "auto", False), (10, "all", False), (10, "fold", True), (30, "auto", True), (30, "all", False)],
)
def test_dense_connections_are_folded_where_they_would_be_a_blot(depth: int, dense: str, folds: bool) -> None:
    text = """network n(depth = 10) {
      input 3 x 32 x 32; scales 2 { g 4, 8 }
      stem conv3x3(4); vertical conv3x3(8)/2
      layers depth dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
      exit at end: gap linear(10)
    }"""
    compilation = Compilation.of_text(text, depth=depth)
    drawn = picture(compilation, View(dense=dense))  # type: ignore[arg-type]
    whole = picture(compilation, View(dense="all"))
    assert any(line.bold for line in drawn.lines) == folds
    assert sum(len(line.sources) for line in drawn.lines) == len(whole.lines)


@pytest.mark.parametrize(
    ("view", "words"),
    [
        (View(), {"horizontal", "diagonal", "vertical", "exit"}),
        (View(dense="fold"), {"and all before it"}),
        (View(exit=2), {"exit3 needs it", "exit3 skips it", "later layers"}),
        (View(cost=True), {"0 to 6.72M MACs"}),
        (View(order=True), {"1, 2, ..: the order of lazy evaluation"}),
    ],
)
def test_the_legend_explains_what_is_shown(view: View, words: set[str]) -> None:
    drawn = picture(Compilation.of("msdnet_cifar_anytime"), view)
    legend = {words.text for words in drawn.words if words.role == "legend"}
    assert legend == {"horizontal", "diagonal", "vertical", "exit"} | words


def test_scales_end_visibly_and_transitions_are_bands() -> None:
    """24 layers in 3 blocks: scale 1 ends at layer 8, scale 2 at 16; transitions follow layers 9 and 17."""
    drawn = picture(Compilation.of("msdnet_cifar_anytime"), View())
    boxes = {box.id: box for box in drawn}
    ends = sorted((mark.start.x, mark.start.y) for mark in drawn.marks if mark.role == "end")
    last = [boxes["layer8.scale1"], boxes["layer16.scale2"]]
    assert [(x > box.right.x, y) for (x, y), box in zip(ends, last, strict=True)] == [
        (True, box.bottom.y) for box in last
    ]
    assert [band.id for band in drawn.bands] == ["layer9.transition", "layer17.transition"]
    for band, members in zip(drawn.bands, (("layer9.scale2", "layer9.scale3"), ("layer17.scale3",)), strict=True):
        inside = {box.id for box in drawn if band.low.x < box.x < band.high.x and band.low.y < box.y < band.high.y}
        assert inside == {*members}


EXITS = """network n {
  input 3 x 32 x 32; scales 3 { c 4, 8, 16 }
  stem conv3x3(c); vertical conv3x3(c)/2
  layers 4 { diagonal conv3x3(c)/2; horizontal conv3x3(c); join add }
  exit fine at 2 on scale 1: gap linear(3)
  exit first at 4: gap linear(3)
  exit second at 4: gap linear(5)
  exit third at 4: identity
}"""


def test_a_line_to_an_exit_goes_around_other_boxes() -> None:
    drawn = picture(Compilation.of_text(EXITS), View())
    boxes = {box.id: box for box in drawn}
    lines = [line for line in drawn.lines if line.kind == "exit"]
    assert len(lines) == 4
    for line in lines:
        others = [box for id, box in boxes.items() if id not in (line.source, line.target)]
        for point in line.points:
            assert not any(box.left.x < point.x < box.right.x and box.bottom.y < point.y < box.top.y for box in others)
    lanes = [max(point.x for point in line.points) for line in lines]
    assert len({*lanes}) == 4, "no two lie on one another"
