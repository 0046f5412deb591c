"""What no exit needs: whole cells, and single nodes of cells that are needed otherwise."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from msdl.analysis.unneeded import unneeded
from msdl.compilation import Compilation
from tests.laws.sketches import SKETCHES, Sketch

TEXT = """
block part(c) { a, b = split(in, 2); lost = conv3x3(c); out = a -> conv3x3(c) }
network t {
  input 3 x 16 x 16
  scales 2 { w 4, 8 }
  stem conv3x3(w)
  vertical conv3x3(w)/2
  layers 2 { horizontal STATEMENT; diagonal conv3x3(w)/2; join add }
  exit at end: gap linear(3)
}
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("conv3x3(w)", {"layer2.scale1": ()}),
        ("conv3x3(w) relu", {"layer2.scale1": ()}),
        (
            "part(w)",
            {
                "layer1.scale1.horizontal.a.split2": (),
                "layer1.scale1.horizontal.lost.0": (),
                "layer1.scale2.horizontal.a.split2": (),
                "layer1.scale2.horizontal.lost.0": (),
                "layer2.scale1": (),
                "layer2.scale2.horizontal.a.split2": (),
                "layer2.scale2.horizontal.lost.0": (),
            },
        ),
    ],
)
def test_cells_and_nodes(path: str, expected: dict[str, tuple[str, ...]]) -> None:
    graph = Compilation.of_text(TEXT.replace("STATEMENT", path)).graph
    assert graph is not None
    assert {item.part.id: item.readers for item in unneeded(graph)} == expected


def test_what_reads_it_is_not_needed_either() -> None:
    graph = Compilation.of("msdnet_cifar_unreduced").graph
    assert graph is not None
    found = unneeded(graph)
    assert {item.part.id: item.readers for item in found} == {
        "layer23.scale1": ("layer24.scale1", "layer24.scale2"),
        "layer24.scale1": (),
        "layer24.scale2": (),
    }
    assert all(item.part.is_cell for item in found)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(SKETCHES)
def test_it_is_what_the_network_lacks(sketch: Sketch) -> None:
    compilation = Compilation.of_text(sketch.text)
    assert compilation.graph is not None
    listed = [node.id for item in unneeded(compilation.graph) for node in item.part.nodes]
    assert sorted(listed) == sorted(compilation.graph.nodes.keys() - compilation.network.nodes.keys())
