"""What every exit costs: parameters, multiply-adds three ways, activations, state memory, receptive field.

Counts hold for one image. MACs are the multiply-adds of convolutions and linear layers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from msdl.network.graph import Graph, Node
from msdl.network.layers import Conv, Deconv, Linear, Shape, macs, parameters
from msdl.network.receptive import receptive_fields
from msdl.network.schedule import first_exit, needed_by, states

BYTES_OF_A_FLOAT = 4


@dataclass(frozen=True, slots=True)
class Macs:
    """Multiply-adds up to an exit.

    grid: every cell of the layers so far and every head so far, as the published code computes them.
    lazy: the cells that exits 1..k need, and heads 1..k.
    direct: only this exit, its cells and its head.
    """

    grid: int
    lazy: int
    direct: int


@dataclass(frozen=True, slots=True)
class ExitCost:
    """The cost of one exit.

    `channels` is what the exit reads; `parameters` those of every surviving cell of the layers so far and of heads
    1..k; `activations` the numbers that convolutions and linear layers put out lazily up to here; `state_bytes` the
    float32 values that later exits still read; `receptive_field` the height and width, in pixels of the input, that
    one position of the features the exit reads depends on (it may exceed the image).
    """

    name: str
    layer: int
    scale: int
    channels: int
    parameters: int
    macs: Macs
    activations: int
    state_bytes: int
    receptive_field: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Costs:
    network: str
    input: Shape
    parameters: int
    exits: tuple[ExitCost, ...]

    @property
    def macs(self) -> int:
        """The lazy cost with every exit served."""
        return self.exits[-1].macs.lazy if self.exits else 0


def costs(graph: Graph) -> Costs:
    """Counts a checked graph: every node reaches an exit and every shape is known."""
    needs = needed_by(graph)
    grid_macs, grid_parameters = _by_layer(graph)
    direct = _direct(graph, needs)
    lazy = list(accumulate(_by_section(graph, needs, _macs)))
    activations = list(accumulate(_by_section(graph, needs, _activations)))
    fields = receptive_fields(graph)
    kept = states(graph)
    exits = tuple(
        ExitCost(
            exit.name,
            exit.layer,
            exit.scale,
            graph[exit.features].size.channels,
            grid_parameters[number],
            Macs(grid_macs[number], lazy[number], direct[number]),
            activations[number],
            BYTES_OF_A_FLOAT * sum(graph[id].size.elements for id in kept[number]),
            fields[exit.features],
        )
        for number, exit in enumerate(graph.exits)
    )
    return Costs(graph.name, graph.image, sum(parameters(node.layer) for node in graph), exits)


def _macs(node: Node) -> int:
    return macs(node.layer, node.size)


def _activations(node: Node) -> int:
    return node.size.elements if isinstance(node.layer, Conv | Deconv | Linear) else 0


def _by_layer(graph: Graph) -> tuple[list[int], list[int]]:
    """MACs and parameters of the whole grid up to every exit."""
    heads = {exit.cell.id: number for number, exit in enumerate(graph.exits)}
    layers: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    of_heads = [[0, 0] for _ in graph.exits]
    for node in graph:
        head = heads.get(node.cell.id)
        count = layers[node.cell.layer] if head is None else of_heads[head]
        count[0] += _macs(node)
        count[1] += parameters(node.layer)
    numbers = sorted(layers)
    totals = [list(accumulate((layers[n][quantity] for n in numbers), initial=0)) for quantity in (0, 1)]
    up_to = [bisect_right(numbers, exit.layer) for exit in graph.exits]
    heads_so_far = [list(accumulate(count[quantity] for count in of_heads)) for quantity in (0, 1)]
    grid, weights = (
        [total[layer] + head for layer, head in zip(up_to, so_far, strict=True)]
        for total, so_far in zip(totals, heads_so_far, strict=True)
    )
    return grid, weights


def _by_section(graph: Graph, needs: Mapping[str, int], quantity: Callable[[Node], int]) -> list[int]:
    sums = [0] * len(graph.exits)
    for node in graph:
        sums[first_exit(needs[node.id])] += quantity(node)
    return sums


def _direct(graph: Graph, needs: Mapping[str, int]) -> list[int]:
    """Per exit the MACs of the nodes it needs. Nodes with the same needs are counted together: there are few kinds."""
    kinds: dict[int, int] = defaultdict(int)
    for node in graph:
        kinds[needs[node.id]] += _macs(node)
    sums = [0] * len(graph.exits)
    for bits, count in kinds.items():
        while bits and count:
            number = first_exit(bits)
            sums[number] += count
            bits &= bits - 1
    return sums
