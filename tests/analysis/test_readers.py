"""Who reads a node, and who a cell."""

from __future__ import annotations

import pytest

from msdl.analysis.part import part
from msdl.analysis.readers import readers, readers_of
from msdl.compilation import Compilation
from msdl.network.graph import Graph


def graph_of(text: str) -> Graph:
    graph = Compilation.of_text(text).graph
    assert graph is not None
    return graph


def test_they_stand_once_and_in_order() -> None:
    text = "block twice() = [in, in] \n network t { input 3 x 8 x 8; stem conv3x3(4) twice; exit at end: gap }"
    graph = graph_of(text)
    assert {id: [node.id for node in nodes] for id, nodes in readers(graph).items()} == {
        "image": ["stem.0"],
        "stem.0": ["stem.concat"],
        "stem.concat": ["exits.end.0"],
        "exits.end.0": [],
    }


TEXT = """
network t {
  input 3 x 16 x 16
  scales 2 { w 4, 8 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 1 dense(w) { horizontal conv3x3(share); diagonal conv3x3(share)/2 }
  transition at 1: conv1x1(8) relu
  exit at 1: gap linear(3)
}
"""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (
            "stem.0",
            ["layer0.scale2.vertical.0", "layer1.scale1.horizontal.0", "layer1.scale1", "layer1.scale2.diagonal.0"],
        ),
        ("stem", ["layer0.scale2", "layer1.scale1", "layer1.scale2"]),
        ("layer1.scale2.horizontal.0", ["layer1.scale2"]),
        ("layer1.scale2", ["exits.layer1"]),
        ("exit1", []),
    ],
)
def test_cells_read_cells_and_nodes_read_nodes(word: str, expected: list[str]) -> None:
    graph = graph_of(TEXT)
    asked = part(graph, word)
    assert asked is not None
    assert [*readers_of(asked, readers(graph))] == expected
