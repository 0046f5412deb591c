"""What the views colour, number and shade, and how a broken spec looks."""

from __future__ import annotations

from msdl.compilation import Compilation
from msdl.drawing.ops import draw_ops
from msdl.drawing.picture import Box, View
from msdl.network.layers import Conv, Linear, macs

SMALL = """
network small {
  input 3 x 8 x 8
  scales 2 { g 4 * s }
  stem     conv3x3(4)
  vertical conv3x3(8)/2
  layers 3 dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }
  exits at 1, 3: gap linear(2)
}
"""

BROKEN = """
network broken {
  input 3 x 8 x 8
  scales 1 { depth 2 }
  stem conv3x3(16) bn relu
  stages residual { layer bn relu conv3x3(9, groups = 2) bn }
  exit at end: gap linear(2)
}
"""


def boxes(compilation: Compilation, view: View) -> dict[str, Box]:
    schedule = compilation.schedule if compilation.valid else None
    graph = compilation.network if compilation.valid else compilation.graph
    assert graph is not None
    return {box.id: box for box in draw_ops(graph, view, schedule, compilation.diagnostics)}


def test_an_exit_colours_what_it_needs() -> None:
    compilation = Compilation.of_text(SMALL)
    network = compilation.network
    for number, exit in enumerate(network.exits):
        needed = network.ancestors(exit.output) | {exit.cell.id}
        found = boxes(compilation, View(exit=number))
        assert {id for id, box in found.items() if box.state == "needed"} == needed
        others = {id: box for id, box in found.items() if id not in needed and id in network}
        for id, box in others.items():
            assert box.state == ("later" if network[id].cell.layer > exit.layer else "skipped"), id


def test_lines_to_what_is_needed_are_needed() -> None:
    compilation = Compilation.of_text(SMALL)
    picture = draw_ops(compilation.network, View(exit=0), compilation.schedule)
    needed = compilation.network.ancestors(compilation.network.exits[0].output)
    for line in picture.lines:
        if line.target in compilation.network:
            assert (line.state == "needed") == (line.target in needed), line.id


def test_order_numbers_the_ops_of_the_schedule() -> None:
    compilation = Compilation.of_text(SMALL)
    found = boxes(compilation, View(order=True))
    ids = [id for section in compilation.schedule.sections for id in section.nodes]
    assert {id: box.order for id, box in found.items() if box.order} == {id: n for n, id in enumerate(ids, start=1)}
    assert found[ids[0]].lines == ("1: conv3x3 4",)


def test_cost_shades_ops_by_their_macs() -> None:
    compilation = Compilation.of_text(SMALL)
    counts = {node.id: macs(node.layer, node.size) for node in compilation.network}
    found = boxes(compilation, View(cost=True))
    dearest = max(counts.values())
    for id, count in counts.items():
        assert found[id].shade == count / dearest
        assert (len(found[id].lines[-1].split("  ")) == 2) == isinstance(compilation.network[id].layer, Conv | Linear)


def test_an_error_is_shown_where_it_stands_and_only_there() -> None:
    compilation = Compilation.of_text(BROKEN)
    found = boxes(compilation, View())
    failed = {id: box for id, box in found.items() if box.state == "failed"}
    assert failed.keys() == {"layer1.scale1.2", "layer2.scale1.2"}
    assert failed["layer1.scale1.2"].lines == ("conv3x3(9, groups = 2)",)
    assert "2 groups don't divide the 9 channels that leave in 'conv3x3'" in failed["layer1.scale1.2"].tooltip
    assert found["stem.2"].state == "plain"
    assert found["layer1.scale1.3"].state == "unknown"
    assert found["exits.end"].state == "unknown"


def test_bands_have_the_state_of_their_cells() -> None:
    compilation = Compilation.of_text(BROKEN)
    assert compilation.graph is not None
    bands = {band.id: band for band in draw_ops(compilation.graph, View(), None, compilation.diagnostics).bands}
    states = {id: band.state for id, band in bands.items()}
    assert states == {
        "stem.cell": "plain",
        "layer1.scale1.cell": "failed",
        "layer2.scale1.cell": "failed",
        "exits.end.cell": "unknown",
    }
    assert bands["stem.cell"].label == "stem  16x8x8"
