"""Drawings down to the ops are true to their graphs, and legible: nothing overlaps, no line runs through an op."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from msdl.backends.dot import dot
from msdl.compilation import Compilation
from msdl.drawing.ops import draw_ops
from msdl.drawing.ops.inside import inside
from msdl.drawing.picture import Picture, Point, View
from msdl.drawing.render import render
from msdl.library import specs
from msdl.network.graph import IMAGE, Graph
from tests.drawing_ops.blocks import BLOCKS
from tests.drawing_ops.geometry import Rectangle, of_band, of_box, overlapping, run_through
from tests.laws.sketches import SKETCHES, Sketch

PLAIN = View()
SVG = "{http://www.w3.org/2000/svg}"


def compiled(text: str) -> Compilation:
    compilation = Compilation.of_text(text)
    assert compilation.valid, compilation.diagnostics
    return compilation


def drawn(compilation: Compilation, view: View = PLAIN) -> Picture:
    return draw_ops(compilation.network, view, compilation.schedule, compilation.diagnostics)


def cells(graph: Graph) -> dict[str, str]:
    """The cell of every box: those of the nodes, and each exit's own."""
    return {node.id: node.cell.id for node in graph} | {exit.cell.id: exit.cell.id for exit in graph.exits}


def check_truth(graph: Graph, picture: Picture) -> None:
    """Each node is one box and each edge one line; each exit is a box, with a line from what it puts out."""
    ops = Counter(box.id for box in picture if box.role == "op")
    assert ops == Counter(node.id for node in graph)
    assert Counter(box.id for box in picture if box.role == "exit") == Counter(exit.cell.id for exit in graph.exits)
    edges = {(source, node.id) for node in graph for source in node.inputs}
    outputs = {(exit.output, exit.cell.id) for exit in graph.exits}
    assert Counter((line.source, line.target) for line in picture.lines) == Counter(edges | outputs)
    ids = [each.id for each in (*picture.boxes, *picture.lines, *picture.bands)]
    assert len(ids) == len({*ids})


def check_places(graph: Graph, picture: Picture) -> None:
    """Boxes lie apart, in the bands of their cells; bands lie apart, and everything on the page."""
    page = Rectangle(Point(0, 0), Point(picture.width, picture.height))
    bands = {band.id.removesuffix(".cell"): of_band(band) for band in picture.bands}
    boxes = {box.id: of_box(box) for box in picture}
    assert bands.keys() == {*cells(graph).values()} - {IMAGE}
    for id, cell in cells(graph).items():
        assert page.contains(boxes[id])
        assert cell == IMAGE or bands[cell].contains(boxes[id]), id
    assert overlapping(boxes.values()) == []
    assert overlapping([*bands.values(), boxes[IMAGE]]) == []
    assert all(page.contains(band) for band in bands.values())
    assert all(page.holds(point, 0.01) for line in picture.lines for point in line.points)
    assert all(page.holds(words.at) for words in picture.words)


def check_lines(graph: Graph, picture: Picture) -> None:
    """A line starts at its source, ends at its target, and passes all other ops and cells by."""
    boxes = {box.id: of_box(box) for box in picture}
    bands = {band.id.removesuffix(".cell"): of_band(band) for band in picture.bands}
    home = cells(graph)
    for line in picture.lines:
        assert boxes[line.source].holds(line.points[0], 1), line.id
        assert boxes[line.target].holds(line.points[-1], 1), line.id
        assert {*run_through(line.points, boxes)} <= {line.source, line.target}, line.id
        assert {*run_through(line.points, bands)} <= {home[line.source], home[line.target]}, line.id


def check(graph: Graph, picture: Picture) -> None:
    check_truth(graph, picture)
    check_places(graph, picture)
    check_lines(graph, picture)


@pytest.mark.parametrize("name", specs().keys() - {"blocks"})
def test_networks_of_the_library(name: str) -> None:
    compilation = Compilation.of(name)
    check(compilation.network, drawn(compilation))


@pytest.mark.parametrize("text", BLOCKS.values(), ids=BLOCKS.keys())
@pytest.mark.parametrize("view", [View(), View(exit=0, order=True, cost=True)], ids=["plain", "exit, order, cost"])
def test_blocks_with_branches(text: str, view: View) -> None:
    compilation = compiled(text)
    check(compilation.network, drawn(compilation, view))


@settings(max_examples=60, derandomize=True, deadline=None)
@given(SKETCHES)
def test_random_networks(sketch: Sketch) -> None:
    compilation = compiled(sketch.text)
    check(compilation.network, drawn(compilation))


def test_an_op_in_the_midst_is_reached_from_above() -> None:
    compilation = compiled(BLOCKS["in the midst"])
    picture = drawn(compilation)
    boxes = {box.id: box for box in picture}
    line = next(
        line for line in picture.lines if line.target == "layer1.scale1.0.middle.add" and line.source == "stem.0"
    )
    assert line.points[-1].y == pytest.approx(boxes[line.target].top.y, abs=1)


def test_drawn_twice_it_is_the_same() -> None:
    compilation = compiled(BLOCKS["fractal"])
    first = drawn(compilation)
    inside.cache_clear()
    assert drawn(compilation) == first


def test_cells_that_are_built_alike_are_laid_out_once() -> None:
    compilation = Compilation.of("densenet121")
    inside.cache_clear()
    drawn(compilation)
    assert inside.cache_info().misses < 20


def test_history_runs_straight_along_the_foot_of_a_row() -> None:
    picture = drawn(Compilation.of("msdnet_cifar_anytime"))
    line = next(line for line in picture.lines if (line.source, line.target) == ("layer2.scale3", "layer3.scale3"))
    assert len({point.y for point in line.points}) == 1
    assert line.kind == "dense"


@pytest.mark.parametrize("name", ["resnet18", "msdnet_cifar_anytime"])
def test_every_op_and_every_edge_is_found_in_the_svg(name: str) -> None:
    compilation = Compilation.of(name)
    svg = ElementTree.fromstring(render(dot(drawn(compilation)), "svg"))
    groups = [(group.get("class", ""), group.get("id", "")) for group in svg.iter(f"{SVG}g")]
    network = compilation.network
    assert Counter(id for role, id in groups if role.startswith("node op")) == Counter([*network.nodes])
    ends = {tuple(re.split(r"--\w+--", id)) for role, id in groups if role.startswith("edge") and "--" in id}
    edges = {(source, node.id) for node in network for source in node.inputs}
    assert ends == edges | {(exit.output, exit.cell.id) for exit in network.exits}
