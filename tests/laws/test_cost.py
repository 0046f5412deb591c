"""Laws of the costs: what an exit needs is part of what was computed for it, and later exits only add to it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings

from msdl.network.graph import Graph
from msdl.network.layers import Conv, Deconv, Linear
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.words import ancestors, compiled

laws = settings(max_examples=40, derandomize=True, deadline=None)


def multiply_adds(network: Graph, ids: set[str]) -> int:
    """Counted from shapes: each number that a convolution puts out takes as many as its window holds."""
    total = 0
    for id in ids:
        node = network[id]
        match node.layer:
            case Conv(inputs=inputs, kernel=(rows, columns), groups=groups):
                total += node.size.elements * rows * columns * inputs // groups
            case Deconv(kernel=(rows, columns), outputs=outputs, groups=groups):
                # Every number that arrives goes to a window of each channel of its group.
                total += network[node.inputs[0]].size.elements * rows * columns * outputs // groups
            case Linear():
                total += node.size.elements * network[node.inputs[0]].size.elements
    return total


@laws
@given(SKETCHES)
def test_lazy_is_at_most_grid_and_direct_at_most_lazy(sketch: Sketch) -> None:
    exits = compiled(sketch.text).costs.exits
    assert all(exit.macs.direct <= exit.macs.lazy <= exit.macs.grid for exit in exits)
    assert exits[0].macs.direct == exits[0].macs.lazy


@laws
@given(SKETCHES)
def test_costs_grow_from_exit_to_exit(sketch: Sketch) -> None:
    for earlier, later in pairwise(compiled(sketch.text).costs.exits):
        assert earlier.macs.grid <= later.macs.grid
        assert earlier.macs.lazy <= later.macs.lazy
        assert earlier.parameters <= later.parameters
        assert earlier.activations <= later.activations


@laws
@given(SKETCHES)
def test_the_three_counts_are_sums_over_their_nodes(sketch: Sketch) -> None:
    compilation = compiled(sketch.text)
    network = compilation.network
    lazy: set[str] = set()
    heads: set[str] = set()
    every_head = {exit.cell.id for exit in network.exits}
    for exit, cost in zip(network.exits, compilation.costs.exits, strict=True):
        heads.add(exit.cell.id)
        needed = ancestors(network, exit.output)
        lazy |= needed
        grid = {
            node.id
            for node in network
            if (node.cell.id in heads if node.cell.id in every_head else node.cell.layer <= exit.layer)
        }
        assert cost.macs.direct == multiply_adds(network, needed)
        assert cost.macs.lazy == multiply_adds(network, lazy)
        assert cost.macs.grid == multiply_adds(network, grid)


@laws
@given(SKETCHES)
def test_the_last_exit_has_it_all(sketch: Sketch) -> None:
    """Every surviving node is needed by an exit, so at the last one the grid is no more than the lazy order."""
    costs = compiled(sketch.text).costs
    last = costs.exits[-1]
    assert costs.parameters == last.parameters
    assert costs.macs == last.macs.lazy == last.macs.grid


@laws
@given(SKETCHES)
def test_one_exit_alone_costs_its_direct_count(sketch: Sketch) -> None:
    for number, exit in enumerate(compiled(sketch.text).costs.exits, start=1):
        alone = compiled(sketch.text, exit=number).costs
        assert len(alone.exits) == 1
        assert alone.macs == exit.macs.direct
        assert alone.exits[0].receptive_field == exit.receptive_field
