"""Node ids are coordinates: weights keep their keys whatever else changes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from msdl.compilation import Compilation
from msdl.network.graph import Graph, Node
from msdl.network.layers import parameters
from tests.laws.sketches import HEADS, SKETCHES, Sketch, Written
from tests.laws.words import ancestors, compiled

laws = settings(max_examples=40, derandomize=True, deadline=None)


def described(network: Graph) -> dict[str, tuple[object, ...]]:
    """What each id stands for."""
    return {node.id: (node.layer, node.inputs, node.shape) for node in network}


@laws
@given(SKETCHES)
def test_ids_are_paths_of_modules(sketch: Sketch) -> None:
    """No layer with weights lies inside another: their ids can be attributes of modules within modules."""
    weighted = {node.id for node in compiled(sketch.text).network if parameters(node.layer)}
    for id in weighted:
        words = id.split(".")
        assert not weighted & {".".join(words[:length]) for length in range(1, len(words))}


@laws
@given(SKETCHES)
def test_an_id_tells_the_cell(sketch: Sketch) -> None:
    def lies_in_its_cell(node: Node) -> bool:
        return node.id == node.cell.id or node.id.startswith(f"{node.cell.id}.")

    assert all(lies_in_its_cell(node) for node in compiled(sketch.text).network)


@laws
@given(SKETCHES.filter(lambda sketch: bool(sketch.free)), st.data())
def test_another_exit_renames_nothing(sketch: Sketch, data: st.DataObject) -> None:
    """It may need nodes that no other exit needed; those that were there stay as they were."""
    place = data.draw(st.sampled_from(sketch.free))
    more = sketch.with_exit(Written(place, data.draw(st.sampled_from(HEADS))))
    before, after = described(compiled(sketch.text).network), described(compiled(more.text).network)
    assert before.items() <= after.items()


@laws
@given(SKETCHES)
def test_one_exit_alone_has_the_same_ids(sketch: Sketch) -> None:
    network = compiled(sketch.text).network
    whole = described(network)
    for number, exit in enumerate(network.exits, start=1):
        alone = described(compiled(sketch.text, exit=number).network)
        assert alone == {id: whole[id] for id in alone}
        assert set(alone) == ancestors(network, exit.output)


def test_an_exit_by_name_and_by_number_is_the_same() -> None:
    by_name, by_number = (Compilation.of("msdnet_cifar_budgeted", exit=exit, K=3) for exit in ("exit2", 2))
    assert described(by_name.network) == described(by_number.network)
    assert [exit.name for exit in by_name.network.exits] == ["exit2"]
