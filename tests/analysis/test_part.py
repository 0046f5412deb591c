"""What can be asked about: cells and nodes by their ids, exits by their names, cells in short."""

from __future__ import annotations

import pytest

from msdl.analysis.part import part
from msdl.compilation import Compilation
from msdl.network.graph import Graph

TEXT = """
network t {
  input 3 x 16 x 16
  scales 2 { w 4, 8 }
  stem conv3x3(w) relu
  vertical conv3x3(w)/2
  layers 2 { horizontal conv3x3(w) bn; diagonal conv3x3(w)/2 }
  layers 1 { horizontal identity }
  transition at 2: conv1x1(8) relu
  exit at 1: gap linear(3)
  exit mood at end: identity
}
"""


@pytest.fixture(scope="module")
def graph() -> Graph:
    graph = Compilation.of_text(TEXT).graph
    assert graph is not None
    return graph


@pytest.mark.parametrize(
    ("word", "id", "nodes", "value"),
    [
        ("image", "image", 1, "image"),
        ("stem", "stem", 2, "stem.1"),
        ("stem.0", "stem.0", 1, "stem.0"),
        ("layer0.scale2", "layer0.scale2", 1, "layer0.scale2.vertical.0"),
        ("layer1.scale2", "layer1.scale2", 4, "layer1.scale2"),
        ("layer2.scale2", "layer2.scale2", 6, "layer2.scale2.transition.1"),
        ("layer2.scale2.join", None, 0, None),
        ("exits.layer1", "exits.layer1", 2, "exits.layer1.1"),
        ("exit1", "exits.layer1", 2, "exits.layer1.1"),
        ("1.2", "layer1.scale2", 4, "layer1.scale2"),
        ("layer 1 scale 2", "layer1.scale2", 4, "layer1.scale2"),
        ("1, 2", "layer1.scale2", 4, "layer1.scale2"),
        ("0.1", "stem", 2, "stem.1"),
        ("0.2", "layer0.scale2", 1, "layer0.scale2.vertical.0"),
        ("12", None, 0, None),
        ("9.9", None, 0, None),
        ("", None, 0, None),
    ],
)
def test_words(word: str, id: str | None, nodes: int, value: str | None, graph: Graph) -> None:
    found = part(graph, word)
    if id is None or found is None:
        assert found is id
        return
    assert (found.id, len(found.nodes), found.value.id, found.instead_of) == (id, nodes, value, None)


@pytest.mark.parametrize("word", ["layer3.scale2", "exits.mood", "mood"])
def test_a_cell_without_nodes_has_another_cells_value(word: str, graph: Graph) -> None:
    found = part(graph, word)
    assert found is not None
    assert (found.id, found.instead_of) == ("layer2.scale2", "exits.mood" if word == "mood" else word)


def test_costs_are_those_of_the_nodes(graph: Graph) -> None:
    found = part(graph, "layer1.scale2")
    assert found is not None
    # horizontal 8 -> 8, its batch norm, diagonal 4 -> 8; both convolutions leave 8x8 maps
    assert found.parameters == 8 * 8 * 9 + 2 * 8 + 8 * 4 * 9
    assert found.macs == 64 * (8 * 8 * 9 + 8 * 4 * 9)
