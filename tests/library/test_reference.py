"""The facts are the reference's, and the grids have its shape: cells skipped, scales and transitions by layer."""

from __future__ import annotations

from typing import Any

import pytest

from msdl.network.graph import Cell, Graph
from msdl.network.layers import Conv
from tests.library.facts import MSDNET, MSDNET_LOGITS, ExitFacts, Logits
from tests.library.outputs import REFERENCED
from tests.library.reference import present, read
from tests.library.test_msdnet import CONFIGURATIONS
from tests.library.zoo import ZOO, Network

pytestmark = present


def test_the_exits_are_the_references() -> None:
    keys = ("layer", "channels", "params_cum", "macs_grid", "macs_lazy", "macs_direct")
    theirs = _without_doc(read("msdnet_costs.json"))
    assert {name: [ExitFacts(*(exit[key] for key in keys)) for exit in of["exits"]] for name, of in theirs.items()} == {
        name: list(exits) for name, exits in MSDNET.items()
    }


def test_the_logits_are_the_references() -> None:
    theirs = _without_doc(read("msdnet_logits.json"))
    assert {
        name: tuple(_logits(exit, "first4") for exit in of["exits"]) for name, of in theirs.items()
    } == MSDNET_LOGITS


def test_the_other_networks_are_the_references() -> None:
    theirs = _without_doc(read("zoo.json"))
    assert {
        name: Network(of["params"], of["macs"], tuple(map(_sides, of["outputs"].values())))
        for name, of in theirs.items()
    } == ZOO


def test_the_outputs_are_the_references() -> None:
    theirs = {name: of["check"] for name, of in _without_doc(read("zoo.json")).items() if "check" in of}
    assert {name: (check["source"], _logits(check, "first8")) for name, check in theirs.items()} == {
        name: (sample.source, sample.logits) for name, sample in REFERENCED.items()
    }


@pytest.mark.parametrize("name", MSDNET)
def test_cells_skipped(name: str) -> None:
    """An exit skips the cells of the layers so far that it does not depend on."""
    theirs = read("msdnet_costs.json")[name]["exits"]
    network = CONFIGURATIONS[name].network
    for exit, expected in zip(network.exits, theirs, strict=True):
        needed = {network[id].cell.id for id in network.ancestors(exit.output)}
        skipped = [
            [cell.layer, cell.scale] for cell in _cells(network) if cell.layer <= exit.layer and cell.id not in needed
        ]
        assert sorted(skipped) == sorted(expected["cells_skipped"]), exit.name


@pytest.mark.parametrize("name", MSDNET)
def test_scales_per_layer(name: str) -> None:
    theirs = read("msdnet_costs.json")[name]
    network = CONFIGURATIONS[name].network
    layers = [cell.layer for cell in _cells(network)]
    assert [layers.count(layer) for layer in range(1, theirs["layers"] + 1)] == theirs["scales_per_layer"]


@pytest.mark.parametrize("name", MSDNET)
def test_transitions(name: str) -> None:
    """After the layer of a transition every scale's maps are halved, in proportion to the finest."""
    theirs = read("msdnet_costs.json")[name]
    factors = theirs["options"]["grFactor"]
    network = CONFIGURATIONS[name].network
    found = {
        (
            node.cell.layer,
            node.layer.inputs // factors[node.cell.scale - 1],
            node.layer.outputs // factors[node.cell.scale - 1],
        )
        for node in network
        if ".transition." in node.id and isinstance(node.layer, Conv)
    }
    expected = {(after["after_layer"], after["base_in"], after["base_out"]) for after in theirs["transitions"]}
    assert found == expected


def _cells(network: Graph) -> list[Cell]:
    """The cells of the grid that reach an exit, the first layer left out."""
    return list({node.cell.id: node.cell for node in network if node.cell.role == "cell" and node.cell.layer}.values())


def _logits(facts: dict[str, Any], first: str) -> Logits:
    return Logits(facts["mean"], facts["std"], tuple(facts[first]))


def _sides(shape: list[int]) -> tuple[int, ...]:
    """A shape without sides of 1: SqueezeNet's published module flattens what the reference shows as 1000 x 1 x 1."""
    return tuple(side for side in shape if side > 1)


def _without_doc(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: of for name, of in facts.items() if not name.startswith("_")}
