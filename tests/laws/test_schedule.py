"""Laws of the lazy schedule: each exit's section computes what the exit newly needs, all of it and nothing more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from msdl.compilation import Compilation
from msdl.network.graph import IMAGE, Graph
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.words import ancestors, compiled

laws = settings(max_examples=40, derandomize=True, deadline=None)


@laws
@given(SKETCHES)
def test_sections_are_disjoint_and_hold_every_node(sketch: Sketch) -> None:
    compilation = compiled(sketch.text)
    listed = [id for section in compilation.schedule.sections for id in section.nodes]
    assert sorted(listed) == sorted(node.id for node in compilation.network.layers)


@laws
@given(SKETCHES)
def test_a_section_belongs_to_its_exit(sketch: Sketch) -> None:
    """Sections 1..k are what outputs 1..k depend on; exit k needs every node of section k, and no exit before does."""
    network = compiled(sketch.text).network
    computed: set[str] = {IMAGE}
    for section in compiled(sketch.text).schedule.sections:
        needed = ancestors(network, section.exit.output)
        assert set(section.nodes) == needed - computed
        computed |= needed


@laws
@given(SKETCHES)
def test_no_node_can_be_taken_out(sketch: Sketch) -> None:
    """Without any one node of its section an exit can't be computed."""
    compilation = compiled(sketch.text)
    network = compilation.network
    before: list[str] = []
    for section in compilation.schedule.sections:
        assert section.exit.output in computable(network, [*before, *section.nodes])
        for node in section.nodes:
            rest = [*before, *(other for other in section.nodes if other != node)]
            assert section.exit.output not in computable(network, rest)
        before += section.nodes


def computable(network: Graph, order: list[str]) -> set[str]:
    """What can be computed when only these nodes run, in this order."""
    values = {IMAGE}
    for id in order:
        if values.issuperset(network[id].inputs):
            values.add(id)
    return values


@laws
@given(SKETCHES)
def test_every_node_comes_after_what_it_reads(sketch: Sketch) -> None:
    compilation = compiled(sketch.text)
    order = [id for section in compilation.schedule.sections for id in section.nodes]
    assert computable(compilation.network, order) == {IMAGE, *order}


@laws
@given(SKETCHES)
def test_the_state_is_what_later_sections_read(sketch: Sketch) -> None:
    """And the outputs that they hand out; after the last section nothing is left."""
    compilation = compiled(sketch.text)
    network, sections = compilation.network, compilation.schedule.sections
    made = {IMAGE}
    for number, section in enumerate(sections):
        made.update(section.nodes)
        later = sections[number + 1 :]
        read = {source for after in later for id in after.nodes for source in network[id].inputs}
        handed_out = {after.exit.output for after in later}
        assert set(section.state) == made & (read | handed_out)
        assert len(set(section.state)) == len(section.state)
    assert sections[-1].state == ()


@laws
@given(SKETCHES)
def test_the_state_lists_live_scales_from_fine_to_coarse(sketch: Sketch) -> None:
    """One value a scale, of the latest layer that lives; then any other, by id."""
    compilation = compiled(sketch.text)
    network = compilation.network
    of_cells = {id for id in network.outputs.values() if network[id].cell.role != "exit"}
    for section in compilation.schedule.sections:
        cells = [network[id].cell for id in section.state if id in of_cells]
        latest = {scale: max(cell.layer for cell in cells if cell.scale == scale) for scale in {c.scale for c in cells}}
        firsts, others = section.state[: len(latest)], section.state[len(latest) :]
        places = [(network[id].cell.scale, network[id].cell.layer) for id in firsts]
        assert of_cells.issuperset(firsts)
        assert places == sorted(latest.items())
        assert list(others) == sorted(others)


@laws
@given(SKETCHES)
def test_sections_are_the_exits_in_layer_order(sketch: Sketch) -> None:
    """Exits of one layer stay as they are written; a name replaces the number shown, not the count."""
    exits = [section.exit for section in compiled(sketch.text).schedule.sections]
    written = sorted(sketch.exits, key=lambda exit: exit.place.layer)
    assert [exit.layer for exit in exits] == [exit.place.layer for exit in written]
    assert [exit.name for exit in exits] == [exit.name or f"exit{k}" for k, exit in enumerate(written, start=1)]


# Outputs that an earlier section computes on its way: the later one has nothing to do but hand them out.
COMPUTED_EARLY = {
    "the features that two exits share": (
        "exit classes at 2: gap linear(3);  exit map at 2: identity",
        "layer2.scale2",
    ),
    "a map handed out twice": ("exit map at 2: identity;  exit again at 2: identity", "layer2.scale2"),
    "a scale that was not renewed": ("exit at 1: gap linear(3);  exit at 2 on scale 1: identity", "stem.0"),
}


@pytest.mark.parametrize(("exits", "output"), COMPUTED_EARLY.values(), ids=COMPUTED_EARLY)
def test_an_output_computed_early_stays_in_the_state(exits: str, output: str) -> None:
    first, second = compiled(TWO_EXITS.replace("{EXITS}", exits)).schedule.sections
    assert second.nodes == ()
    assert second.exit.output == output
    assert first.state == (output,)


TWO_EXITS = """
network two_exits {
  input 3 x 8 x 8
  scales 2 { width 4, 8 }
  stem     conv3x3(width)
  vertical conv3x3(width)/2
  layers 2 on 2 residual { horizontal conv3x3(width);  diagonal conv3x3(width)/2;  join add }
  {EXITS}
}
"""


def test_a_full_grid_needs_one_live_value_per_scale() -> None:
    """After exit k: the finest scales are ahead of the coarse ones, one tensor each (msdl's DESIGN, section 3)."""
    compilation = Compilation.of("msdnet_cifar_unreduced", depth=8)
    assert [section.state for section in compilation.schedule.sections] == [
        ("layer2.scale1", "layer3.scale2", "layer4.scale3"),
        ("layer4.scale1", "layer5.scale2", "layer6.scale3"),
        (),
    ]


def test_an_exit_of_the_full_grid_needs_a_staircase() -> None:
    """Exit k at layer L needs exactly the cells with l <= L - (S - s)."""
    compilation = Compilation.of("msdnet_cifar_unreduced")
    network = compilation.network
    for exit in network.exits:
        cells = {network[id].cell for id in ancestors(network, exit.output)}
        found = {(cell.layer, cell.scale) for cell in cells if cell.role == "cell" and cell.layer > 0}
        assert found == {(layer, s) for s in (1, 2, 3) for layer in range(1, exit.layer - (3 - s) + 1)}
