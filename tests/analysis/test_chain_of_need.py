"""Chains of need: for exactly the exits that need a place, the shortest there is, in the words of the language."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings

from msdl.analysis.chain_of_need import Chain, chains_of_need
from msdl.analysis.part import Part, part
from msdl.compilation import Compilation
from msdl.network.graph import Graph
from msdl.network.schedule import needed_by
from tests.laws.sketches import SKETCHES, Sketch

GRID = """
  input 3 x 16 x 16
  scales 3 { w 4, 8, 8; g 4, 4, 4; ratio 1, 1, 1 }
  stem conv3x3(w)
  vertical conv3x3(w)
"""
STAGES = """
  input 3 x 16 x 16
  scales 2 { depth 2, 1 }
  stem conv3x3(4) bn
"""
BOTH = "diagonal conv3x3(share); horizontal conv3x3(share)"
MIXED = "from j where j != s: conv1x1(w); diagonal up conv1x1(w); join add; then bn relu"
END = "exit at end: gap linear(2)"

# A network, a place in it, and the chains to its exits: empty for an exit that doesn't need the place.
CHAINS: dict[str, tuple[str, str, list[str]]] = {
    "a dense history passes the value on": (
        f"{GRID} layers 4 dense(g) {{ {BOTH} }}; exits at 2, 4: gap linear(2)",
        "layer1.scale2",
        [
            "layer1.scale2 diagonal>layer2.scale3 exit>exits.layer2",
            "layer1.scale2 diagonal>layer2.scale3 dense>layer3.scale3 dense>layer4.scale3 exit>exits.layer4",
        ],
    ),
    "so does a residual one": (
        f"{GRID} layers 2 residual {{ horizontal conv3x3(w) }}; {END}",
        "layer0.scale3",
        ["layer0.scale3 residual>layer1.scale3 residual>layer2.scale3 exit>exits.end"],
    ),
    "plain layers have none": (
        f"{GRID} layers 2 {{ horizontal conv3x3(w) bn relu }}; {END}",
        "layer0.scale3",
        ["layer0.scale3 horizontal>layer1.scale3 horizontal>layer2.scale3 exit>exits.end"],
    ),
    "of equally short ones the one that goes down at once": (
        f"{GRID} layers 4 dense(g) {{ {BOTH} }}; {END}",
        "layer1.scale1",
        ["layer1.scale1 diagonal>layer2.scale2 diagonal>layer3.scale3 dense>layer4.scale3 exit>exits.end"],
    ),
    "too late for an exit": (
        f"{GRID} layers 4 dense(g) {{ {BOTH} }}; exits at 2, 4: gap linear(2)",
        "layer2.scale2",
        ["", "layer2.scale2 diagonal>layer3.scale3 dense>layer4.scale3 exit>exits.layer4"],
    ),
    "too late for all": (f"{GRID} layers 4 dense(g) {{ {BOTH} }}; exits at 2, 4: gap linear(2)", "4.2", ["", ""]),
    "a transition is passed in the cell that it belongs to": (
        f"{GRID} layers 3 dense(g) {{ {BOTH} }}; transition at 2: conv1x1(8) bn; {END}",
        "layer1.scale2",
        ["layer1.scale2 diagonal+transition>layer2.scale3 dense>layer3.scale3 exit>exits.end"],
    ),
    "from, then": (
        f"{GRID} layers 2 {{ {MIXED} }}; {END}",
        "stem",
        ["stem from1+then>layer1.scale2 from2+then>layer2.scale3 exit>exits.end"],
    ),
    "up, vertical, named exits on several scales": (
        (
            f"{GRID} layers 2 {{ horizontal conv1x1(w); diagonal up conv1x1(w) }}; "
            "exit fine at end on scale 1: gap linear(2); exit coarse at 1: gap linear(2)"
        ),
        "layer0.scale2",
        [
            "layer0.scale2 vertical>layer0.scale3 horizontal>layer1.scale3 exit>exits.coarse",
            "layer0.scale2 up>layer1.scale1 horizontal>layer2.scale1 exit>exits.fine",
        ],
    ),
    "a path of identity": (
        f"{GRID} layers 1 {{ diagonal identity; horizontal identity }}; {END}",
        "layer0.scale2",
        ["layer0.scale2 diagonal>layer1.scale3 exit>exits.end"],
    ),
    "an exit of identity, and another at its place": (
        f"{GRID} layers 1 {{ {BOTH.replace('share', 'w')} }}; exit a at end: identity; exit b at end: gap linear(2)",
        "layer1.scale3",
        ["layer1.scale3 exit>exits.a", "layer1.scale3 exit>exits.b"],
    ),
    "a node comes into its own cell's value first": (
        f"{GRID} layers 2 dense(g) {{ {BOTH} }}; transition at 1: conv1x1(8) bn; {END}",
        "layer1.scale3.diagonal.0",
        ["layer1.scale3.diagonal.0 diagonal+transition>layer1.scale3 dense>layer2.scale3 exit>exits.end"],
    ),
    "a join comes into it by itself": (
        f"{GRID} layers 1 dense(g) {{ {BOTH}; join add }}; {END}",
        "layer1.scale3.join",
        ["layer1.scale3.join join>layer1.scale3 exit>exits.end"],
    ),
    "an exit is its own end": (
        f"{GRID} layers 2 {{ horizontal conv1x1(w) }}; exits at 1, 2: gap linear(2)",
        "exit1",
        ["exits.layer1", ""],
    ),
    "stages": (
        f"{STAGES} stages {{ layer conv3x3(4) relu; between maxpool2x2/2; leave conv1x1(4) }}; {END}",
        "stem.0",
        [
            (
                "stem.0 stem>stem layer>layer1.scale1 layer>layer2.scale1 leave>leave1 between>between2 "
                "layer>layer3.scale2 exit>exits.end"
            )
        ],
    ),
    "stages with a history": (
        f"{STAGES} stages dense {{ layer conv3x3(4); between maxpool2x2/2 }}; {END}",
        "layer1.scale1",
        ["layer1.scale1 dense>layer2.scale1 between>between2 dense>layer3.scale2 exit>exits.end"],
    ),
    "nodes that lead nowhere": (
        f"{GRID} block through(c) {{ lost = conv3x3(c); out = in }}; layers 1 {{ horizontal through(w) }}; {END}",
        "layer1.scale3",
        [""],
    ),
}


@pytest.mark.parametrize(("statements", "word", "chains"), CHAINS.values(), ids=CHAINS)
def test_chains(statements: str, word: str, chains: list[str]) -> None:
    graph = Compilation.of_text(f"network t {{ {statements} }}").graph
    assert graph is not None
    start = part(graph, word)
    assert start is not None
    assert [written(chain) for chain in chains_of_need(graph, start)] == chains


def written(chain: Chain | None) -> str:
    return "" if chain is None else " ".join(f"{'+'.join(step.through)}>{step.cell}" for step in chain)[1:]


laws = settings(max_examples=40, derandomize=True, deadline=None)


@laws
@given(SKETCHES)
def test_an_exit_has_a_chain_when_it_needs_the_place(sketch: Sketch) -> None:
    graph = graph_of(sketch)
    needs = needed_by(graph)
    for start in places(graph):
        bits = [any(needs[node.id] >> number & 1 for node in start.nodes) for number in range(len(graph.exits))]
        assert [chain is not None for chain in chains_of_need(graph, start)] == bits


@laws
@given(SKETCHES)
def test_no_chain_is_shorter(sketch: Sketch) -> None:
    """Cells are counted as the borders between them, whose fewest networkx finds."""
    graph = graph_of(sketch)

    def border(source: str, node: str, _: object) -> int:
        return graph[source].cell.id != graph[node].cell.id

    for start in places(graph):
        borders = nx.single_source_dijkstra_path_length(graph.edges, start.value.id, weight=border)
        for exit, chain in zip(graph.exits, chains_of_need(graph, start), strict=True):
            if chain is not None:
                is_value = graph[exit.output].cell.id != exit.cell.id
                assert len(chain) - 1 == borders[exit.output] + is_value


@laws
@given(SKETCHES)
def test_every_step_reads_the_one_before(sketch: Sketch) -> None:
    graph = graph_of(sketch)
    reads = {(graph[source].cell.id, node.cell.id) for node in graph for source in node.inputs}
    reads |= {(graph[exit.output].cell.id, exit.cell.id) for exit in graph.exits}
    for start in places(graph):
        for chain in chains_of_need(graph, start):
            cells = [step.cell for step in chain or ()]
            assert reads.issuperset(pairwise(cells))


def graph_of(sketch: Sketch) -> Graph:
    graph = Compilation.of_text(sketch.text).graph
    assert graph is not None
    return graph


def places(graph: Graph) -> list[Part]:
    """Every cell that has nodes."""
    found = [part(graph, id) for id in graph.outputs]
    return [start for start in found if start is not None and start.instead_of is None]
