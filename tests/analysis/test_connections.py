"""Which cells a cell is made from."""

from __future__ import annotations

import pytest

from msdl.analysis.connections import connections, readings
from msdl.compilation import Compilation

SPEC = """network n {{
  input 3 x 16 x 16
  scales 2 {{ g 2, 4 }}
  {before}
  layers 3 {layers}
  {after}
  exit at end: gap linear(2)
}}"""
STEM = "stem conv3x3(4); vertical conv3x3(8)/2"
DENSE = "dense(g) { diagonal conv3x3(share)/2; horizontal conv3x3(share) }"


@pytest.mark.parametrize(
    ("before", "layers", "after", "cell", "found"),
    [
        pytest.param(STEM, DENSE, "", "layer0.scale2", "vertical: stem", id="vertical"),
        pytest.param(
            STEM, DENSE, "", "layer3.scale2",
            "diagonal: stem layer1.scale1 layer2.scale1, horizontal: layer0.scale2 layer1.scale2 layer2.scale2",
            id="dense",
        ),
        pytest.param(
            STEM, DENSE, "transition at 1: conv1x1(4)", "layer3.scale2",
            "diagonal: layer1.scale1 layer2.scale1, horizontal: layer1.scale2 layer2.scale2",
            id="a transition begins anew",
        ),
        pytest.param(
            STEM, "{ horizontal conv3x3(4); diagonal conv3x3(4)/2; join add }", "", "layer3.scale2",
            "horizontal: layer2.scale2, diagonal: layer2.scale1", id="plain",
        ),
        pytest.param(
            STEM, "residual { horizontal conv3x3(4 * s); join add }", "", "layer3.scale2",
            "horizontal: layer2.scale2, residual: layer2.scale2", id="residual",
        ),
        pytest.param(
            STEM, "dense(g) { from j where j <= s: conv3x3(g)/(2^(s-j)) }", "", "layer2.scale2",
            "from: stem layer1.scale1, from: layer0.scale2 layer1.scale2", id="from",
        ),
        pytest.param(
            STEM, "{ horizontal identity; diagonal conv3x3(8)/2; join add }", "", "layer2.scale2",
            "diagonal: stem, residual: layer1.scale2", id="a path that adds the old value as it is",
        ),
        pytest.param("", "{ horizontal conv3x3(4) }", "", "layer1.scale1", "horizontal: image",
                     id="the image where there is no stem"),
        pytest.param("", "dense(g) { horizontal conv3x3(g) }", "", "layer2.scale1", "horizontal: image layer1.scale1",
                     id="the image in a history"),
    ],
)  # fmt: skip
def test_what_a_cell_reads(before: str, layers: str, after: str, cell: str, found: str) -> None:
    """Sources in the order of concatenation, the nearest last."""
    graph = Compilation.of_text(SPEC.format(before=before, layers=layers, after=after)).graph
    assert graph is not None
    read = [reading for reading in readings(graph) if reading.target == cell]
    assert ", ".join(f"{reading.kind}: {' '.join(reading.sources)}" for reading in read) == found
    flat = [each for each in connections(graph) if each.target == cell]
    assert [each.source for each in flat] == [source for reading in read for source in reading.sources]
    assert [each.source for each in flat if each.near] == [reading.sources[-1] for reading in read]


@pytest.mark.parametrize("chain", ["gap linear(2)", "identity"])
def test_an_exit_reads_a_cell(chain: str) -> None:
    """With or without a node of its own."""
    spec = SPEC.format(before=STEM, layers=DENSE, after="").replace("gap linear(2)", chain)
    graph = Compilation.of_text(spec).network
    (reading,) = (reading for reading in readings(graph) if reading.kind == "exit")
    assert (reading.target, reading.nearest.source) == ("exits.end", "layer3.scale2")


def test_an_old_value_that_no_path_reads_is_passed_on() -> None:
    text = """
        network n {
          input 3 x 16 x 16
          scales 2
          stem conv3x3(4)
          vertical conv3x3(8)/2
          layers 2 dense(4) { diagonal conv3x3(share)/2; from j where j == 1 and s == 1: conv3x3(share) }
          exit at end: gap linear(10)
        }
    """
    graph = Compilation.of_text(text).network
    found = [(each.source, each.target) for each in connections(graph) if each.kind == "dense"]
    assert found == [("layer0.scale2", "layer1.scale2"), ("layer1.scale2", "layer2.scale2")]
