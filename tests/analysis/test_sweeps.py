"""Sweeps are told from ids: which cells they have, which way they go, how their places are said."""

from __future__ import annotations

import pytest

from msdl.analysis.connections import connections
from msdl.analysis.part import part
from msdl.analysis.sweeps import place, sweep, ways
from msdl.compilation import Compilation
from msdl.network.graph import Graph
from tests.drawing.sweeps import PYRAMID, TEXTS, UNPOOLED, U


def graph(text: str) -> Graph:
    return Compilation.of_text(text).network


def test_sweeps_have_cells_and_grids_have_others() -> None:
    found = {node.cell.id: sweep(node.cell) for node in graph(PYRAMID)}
    assert {name for id, name in found.items() if id.startswith(("layer", "stem", "image", "exits"))} == {None}
    assert {id: name for id, name in found.items() if name} == {
        **{f"lateral.scale{s}": "lateral" for s in (1, 2, 3)},
        **{f"sweep1.scale{s}": "sweep1" for s in (1, 2)},
    }


@pytest.mark.parametrize(
    ("text", "found"), [(U, {1: "down", 2: "up"}), (PYRAMID, {8: "up"}), (TEXTS["grid"], {4: "up"})]
)
def test_a_sweep_goes_the_way_of_its_vertical_paths(text: str, found: dict[int, str]) -> None:
    """The lateral sweep of the pyramid, layer 7, has none."""
    assert ways(graph(text)) == found


def test_a_place_is_said_in_the_words_of_the_language() -> None:
    cells = {node.cell.id: node.cell for node in graph(U)} | {node.cell.id: node.cell for node in graph(PYRAMID)}
    assert place(cells["enc.scale2"]) == "sweep enc at scale 2 (layer 1)"
    assert place(cells["sweep1.scale1"]) == "sweep 1 at scale 1 (layer 8)"
    assert place(cells["layer2.scale2"]) == "layer 2, scale 2"


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("enc.scale2", "enc.scale2"),
        ("sweep enc at scale 2", "enc.scale2"),
        ("sweep enc 2", "enc.scale2"),
        ("sweep 1 at scale 1", "sweep1.scale1"),
        ("2.1", "sweep1.scale1"),
        ("layer 1 scale 3", "enc.scale3"),
        ("sweep enc at scale 9", None),
        ("9.1", None),
    ],
)
def test_a_cell_of_a_sweep_is_found_by_its_words(word: str, id: str | None) -> None:
    found = part(graph(U), word)
    assert (None if found is None else found.id) == id


def test_connections_of_a_u() -> None:
    assert {(each.source, each.kind, each.target) for each in connections(graph(U))} == {
        ("image", "horizontal", "enc.scale1"),
        ("enc.scale1", "vertical", "enc.scale2"),
        ("enc.scale2", "vertical", "enc.scale3"),
        ("enc.scale3", "vertical", "sweep1.scale2"),
        ("enc.scale2", "horizontal", "sweep1.scale2"),
        ("sweep1.scale2", "vertical", "sweep1.scale1"),
        ("enc.scale1", "horizontal", "sweep1.scale1"),
        ("sweep1.scale1", "exit", "exits.end_scale1"),
    }


def test_undoing_a_pool_is_a_connection_with_what_the_pool_read() -> None:
    found = {(each.source, each.target) for each in connections(graph(UNPOOLED)) if each.kind == "unpool"}
    assert found == {("stem", "sweep1.scale1"), ("enc.scale2", "sweep1.scale2")}


def test_what_a_sweep_passes_on_as_it_is_keeps_its_rule() -> None:
    """`horizontal in` has no node: the join itself reads the old value."""
    found = {(each.kind, each.source) for each in connections(graph(PYRAMID)) if each.target == "sweep1.scale2"}
    assert found == {("horizontal", "lateral.scale2"), ("vertical", "lateral.scale3")}
