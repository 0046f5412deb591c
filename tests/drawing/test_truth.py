"""The drawing is true: read back from the SVG, it has the network's cells at their places, and what each is made of."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from itertools import combinations

import pytest
from hypothesis import given, settings

from msdl import library
from msdl.analysis.connections import connections, is_first_value
from msdl.compilation import Compilation
from msdl.drawing.picture import View
from msdl.network.graph import IMAGE, Graph, Node
from msdl.network.layers import Concat
from tests.drawing.parsed import Drawing, drawing
from tests.laws.sketches import SKETCHES, Sketch

NETWORKS = [name for name in library.specs() if name != "blocks"]
laws = settings(max_examples=40, derandomize=True, deadline=None)
ALL = View(dense="all")


@cache
def network(name: str) -> Graph:
    return Compilation.of(name).network


@cache
def drawn(name: str) -> Drawing:
    return drawing(network(name), ALL)


def cells_of(graph: Graph) -> set[str]:
    """An exit that hands its features on has no node; it is drawn all the same."""
    cells = {node.cell.id for node in graph if node.id != IMAGE or is_first_value(graph)}
    return cells | {exit.cell.id for exit in graph.exits}


def value_of(graph: Graph, cell: str) -> Node:
    return graph[graph.outputs.get(cell, cell)]


def has_its_cells(graph: Graph, picture: Drawing) -> None:
    boxes = picture.boxes
    assert boxes.keys() == cells_of(graph)
    assert {id for id, box in boxes.items() if "exit" in box.classes} == {exit.cell.id for exit in graph.exits}


def has_its_connections(graph: Graph, picture: Drawing) -> None:
    """Every connection of the named relation; an exit reads one value, so it has one line."""
    known = [each for each in connections(graph) if each.near or each.kind != "exit"]
    assert picture.connections == {(each.source, each.kind, each.target) for each in known}
    assert len(picture.connections) == len(known)


def channels_add_up(graph: Graph, picture: Drawing) -> None:
    """What a path reads has as many channels as the cells that lines come from, at its scale, added.

    This counts without the relation: a dense cell added what it has more than what it concatenates itself with.
    """
    sources: dict[tuple[str, int], set[str]] = defaultdict(set)
    for source, kind, target in picture.connections:
        if kind != "exit":
            sources[target, value_of(graph, source).cell.scale].add(source)
    read: dict[tuple[str, int], set[str]] = defaultdict(set)
    for node in graph:
        for value in _values_read(graph, node):
            read[node.cell.id, value.cell.scale].add(value.id)
    assert sources.keys() == read.keys()
    for place, values in read.items():
        (value,) = values
        assert sum(_added(graph, source) for source in sources[place]) == graph[value].size.channels, place


def _values_read(graph: Graph, node: Node) -> list[Node]:
    """The values of other cells that a node computes something from; a history is passed on, not read."""
    inputs = node.inputs[1:] if _history(graph, node) else node.inputs
    values = [graph[id] for id in inputs if id != IMAGE or is_first_value(graph)]
    return [value for value in values if value.cell != node.cell and node.cell.role != "exit"]


def _history(graph: Graph, node: Node) -> Node | None:
    """The old value of its scale that a dense cell's value begins with."""
    first = graph[node.inputs[0]] if isinstance(node.layer, Concat) and node.id == node.cell.id else None
    return first if first is not None and first.cell not in (node.cell, graph[IMAGE].cell) else None


def _added(graph: Graph, cell: str) -> int:
    value = value_of(graph, cell)
    history = _history(graph, value)
    return value.size.channels - (0 if history is None else history.size.channels)


def is_on_its_lattice(graph: Graph, picture: Drawing) -> None:
    """A scale is one row, a layer one column; finer scales are above, later layers further right."""
    places = {}
    for node in graph:
        if node.cell.role in ("stem", "cell") and node.cell.id in picture.boxes:
            box = picture.boxes[node.cell.id].rectangle
            places[node.cell.id] = node.cell, box.left, box.top
    for (one, left, top), (other, right, below) in combinations(places.values(), 2):
        assert (one.scale < other.scale) == (top < below) and (one.scale == other.scale) == (top == below)
        if graph.grid:
            assert (one.layer < other.layer) == (left < right) and (one.layer == other.layer) == (left == right)
        elif one.scale == other.scale:
            assert (one.layer < other.layer) == (left < right)


def keeps_apart(picture: Drawing) -> None:
    """Boxes and words lie within the page and don't overlap; what is written in a box fits it."""
    boxes = {id: box.rectangle for id, box in picture.boxes.items()}
    words = {id: words.words[0] for id, words in picture.of("node", "words").items()}
    for (one, place), (other, another) in combinations((boxes | words).items(), 2):
        assert not place.meets(another), (one, other)
    assert all(picture.page.holds(place) for place in (boxes | words).values())
    for id, box in picture.boxes.items():
        assert all(boxes[id].holds(line) for line in box.words), id


@pytest.mark.parametrize("name", NETWORKS)
def test_library(name: str) -> None:
    has_its_cells(network(name), drawn(name))
    has_its_connections(network(name), drawn(name))
    channels_add_up(network(name), drawn(name))
    is_on_its_lattice(network(name), drawn(name))
    keeps_apart(drawn(name))


@laws
@given(SKETCHES)
def test_sketches(sketch: Sketch) -> None:
    graph = Compilation.of_text(sketch.text).network
    picture = drawing(graph, ALL)
    has_its_cells(graph, picture)
    has_its_connections(graph, picture)
    channels_add_up(graph, picture)
    is_on_its_lattice(graph, picture)
    keeps_apart(picture)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_group_has_an_id_of_its_own(name: str) -> None:
    ids = [group.id for group in drawn(name).groups]
    assert len({*ids}) == len(ids)
    named = {id for id in ids if id.startswith(("node", "edge", "clust"))}
    assert not named, "Graphviz names what has no id by a count"


@pytest.mark.parametrize("name", ["msdnet_cifar_anytime", "densenet_bc"])
def test_a_folded_line_stands_for_all_sources(name: str) -> None:
    """Folded, the nearest of each path's sources has a line; its tooltip counts the others."""
    picture = drawing(network(name), View(dense="fold"))
    near = [each for each in connections(network(name)) if each.near]
    assert picture.connections == {(each.source, each.kind, each.target) for each in near}
    for each in near:
        sources = [c for c in connections(network(name)) if (c.target, c.kind) == (each.target, each.kind)]
        line = picture.of("edge")[f"{each.source}--{each.kind}--{each.target}"]
        folds = len(sources) > 1 and each.kind != "exit"
        assert ("bold" in line.classes) == folds
        assert (f"and {len(sources) - 1} before it" in line.tooltip) == folds
