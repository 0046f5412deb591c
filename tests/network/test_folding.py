"""Laws of folding: which batch norms go, what stays as it is, and that the lazy order stays the same."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from msdl.compilation import Compilation
from msdl.network.folding import Folded, does_nothing, folded
from msdl.network.graph import Graph, Node
from msdl.network.layers import BatchNorm, Conv, Deconv, parameters
from msdl.network.schedule import schedule
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.words import compiled

laws = settings(max_examples=40, derandomize=True, deadline=None)


def network(*lines: str) -> Graph:
    return Compilation.of_text("\n".join(["network n {", "input 3 x 8 x 8", *lines, "}"])).network


def stands_in(graph: Graph, found: Folded) -> dict[str, str]:
    """For every node of a graph the one that has its value once the graph is folded."""
    gone = {fold.norm for fold in found.folds}
    values: dict[str, str] = {}
    for node in graph:
        is_gone = node.id in gone or does_nothing(node)
        values[node.id] = values[node.inputs[0]] if is_gone else node.id
    return values


# Chains: the stem, and what is left of it

CHAINS = {
    "conv3x3(4) bn relu": "conv3x3(4)+ relu",
    "conv3x3(4, bias) bn relu": "conv3x3(4)+ relu",
    "conv3x3(4) relu bn": "conv3x3(4) relu bn",
    "bn relu conv3x3(4)": "bn relu conv3x3(4)",
    "conv3x3(4) bn bn": "conv3x3(4)+ bn",
    "conv3x3(4) bn conv1x1(6) bn": "conv3x3(4)+ conv1x1(6)+",
    "dwconv3x3 bn": "dwconv3x3+",
    "dropout(0.1) conv3x3(4) dropout(0.1) dropout(0.2) bn": "conv3x3(4)+",
    "conv3x3(4) dropout(0.1) relu dropout(0.2) dropout(0.3)": "conv3x3(4) relu",
    "maxpool2x2 bn": "maxpool2x2 bn",
    "deconv2x2(4) bn relu": "deconv2x2(4)+ relu",
    "deconv2x2(4) cropto(0) bn": "deconv2x2(4) cropto bn",
    "conv3x3(4) cropto(0) bn": "conv3x3(4)+",
    "deconv2x2(4, bias) dropout(0.1) bn bn": "deconv2x2(4)+ bn",
}


def shown(graph: Graph) -> list[tuple[str, bool]]:
    """The layers of the stem, and whether a convolution has a bias."""
    of_stem = [node.layer for node in graph if node.cell.id == "stem"]
    return [(type(layer).__name__, isinstance(layer, Conv | Deconv) and layer.bias) for layer in of_stem]


@pytest.mark.parametrize("chain", CHAINS)
def test_a_batch_norm_goes_right_behind_a_convolution(chain: str) -> None:
    """`+` marks a convolution, transposed or not, with a bias. A dropout doesn't stand between two layers."""
    found = folded(network(f"stem {chain}", "exit at end: gap linear(2)"))
    words = {
        "conv": "Conv",
        "dwconv": "Conv",
        "deconv": "Deconv",
        "bn": "BatchNorm",
        "cropto": "Pad",
        "relu": "Activation",
        "maxpool": "Pool",
    }
    expected = [
        (words[word.rstrip("+").split("(")[0].rstrip("0123456789x")], "+" in word) for word in CHAINS[chain].split()
    ]
    assert shown(found.graph) == expected


def test_a_convolution_that_another_reads_keeps_its_batch_norm_apart() -> None:
    graph = network(
        "block twice(c) {", "one = conv3x3(c)", "out = one + (one -> bn relu)", "}",
        "stem twice(4)", "exit at end: gap linear(2)",
    )  # fmt: skip
    assert folded(graph).folds == ()


def test_a_convolution_that_an_exit_puts_out_keeps_its_batch_norm_apart() -> None:
    graph = network(
        "scales 1 { g 4 }", "stem conv3x3(4)", "layers 1 plain(4) { horizontal bn conv1x1(4) bn }",
        "exit early at 0: identity", "exit at end: gap linear(2)",
    )  # fmt: skip
    found = folded(graph)
    assert graph.exits[0].output == "stem.0"
    assert [(fold.conv, fold.norm) for fold in found.folds] == [
        ("layer1.scale1.horizontal.1", "layer1.scale1.horizontal.2")
    ]


def test_exits_and_cells_are_where_their_values_are() -> None:
    """A cell or an exit that ended with a batch norm or a dropout ends with what was before it."""
    graph = network("stem conv3x3(4) bn dropout(0.1) dropout(0.2)", "exit at end: gap linear(2) dropout(0.5)")
    found = folded(graph).graph
    assert (found.outputs["stem"], found.exits[0].features) == ("stem.0", "stem.0")
    assert found.exits[0].output == "exits.end.1"


@laws
@given(SKETCHES)
def test_what_is_folded_is_a_batch_norm_that_alone_reads_a_convolution(sketch: Sketch) -> None:
    graph = compiled(sketch.text).network
    reads = Counter(source for node in graph for source in node.inputs)
    reads.update(exit.output for exit in graph.exits)

    def goes(node: Node) -> bool:
        if not isinstance(node.layer, BatchNorm):
            return False
        source = graph[node.inputs[0]]
        return isinstance(source.layer, Conv | Deconv) and reads[source.id] == 1

    found = folded(graph)
    assert {fold.norm: (fold.conv, fold.eps) for fold in found.folds} == {
        node.id: (node.inputs[0], node.layer.eps) for node in graph if goes(node) if isinstance(node.layer, BatchNorm)
    }
    dropped = {node.id for node in graph if does_nothing(node)} | {fold.norm for fold in found.folds}
    assert [node.id for node in found.graph] == [node.id for node in graph if node.id not in dropped]


@laws
@given(SKETCHES)
def test_what_is_left_stays_as_it_is(sketch: Sketch) -> None:
    """Ids, shapes, places; a convolution may have a bias more, and reads go through what is gone."""
    graph = compiled(sketch.text).network
    found = folded(graph)
    values, takers = stands_in(graph, found), {fold.conv for fold in found.folds}
    for node in found.graph:
        before = graph[node.id]
        assert (node.shape, node.cell, node.block) == (before.shape, before.cell, before.block)
        assert node.inputs == tuple(values[source] for source in before.inputs)
        extra = before.size.channels if node.id in takers and not getattr(before.layer, "bias", False) else 0
        assert parameters(node.layer) == parameters(before.layer) + extra
    again = folded(found.graph)
    assert (again.folds, again.graph.nodes) == ((), found.graph.nodes)


@laws
@given(SKETCHES)
def test_sections_do_the_same_work_and_hand_on_the_same_values(sketch: Sketch) -> None:
    graph = compiled(sketch.text).network
    found = folded(graph)
    values = stands_in(graph, found)
    for before, after in zip(schedule(graph).sections, schedule(found.graph).sections, strict=True):
        assert after.exit.name == before.exit.name
        assert after.state == tuple(values[id] for id in before.state)
        assert sorted(after.nodes) == sorted(id for id in before.nodes if values[id] == id)
        cells = [list(dict.fromkeys(graph[id].cell.id for id in section.nodes)) for section in (before, after)]
        assert cells[1] == [cell for cell in cells[0] if any(found.graph[id].cell.id == cell for id in after.nodes)]
