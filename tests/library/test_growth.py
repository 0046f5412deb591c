"""Laws of what the library's networks cost: one class more, twice the size."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.network.graph import Graph, Node
from msdl.network.layers import AdaptivePool, BatchNorm, Conv, Linear, macs
from tests.library.test_library import NETWORKS, compiled
from tests.library.test_sizes import of_size, parameters_of

# One class more

# The classes of these are the widths of more than the last layers.
WIDE = {"dilation8_voc", "fcn8s", "fpn_resnet50"}


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in WIDE])
def test_one_class_more_is_one_output_more(name: str) -> None:
    """It costs one more output of the last convolutions or linear layers, at every place, and nothing else."""
    classes = parameters_of(name)["classes"]
    before, after = compiled(name), Compilation.of(name, classes=classes + 1)
    last = {node.id: node for exit in before.network.exits for node in last_layers(before.network, exit.output)}
    assert after.costs.parameters - before.costs.parameters == sum(map(parameters_of_an_output, last.values()))
    assert after.costs.macs - before.costs.macs == sum(map(macs_of_an_output, last.values()))


def last_layers(network: Graph, output: str) -> list[Node]:
    """The convolutions and linear layers that an exit puts out, or whose sum it puts out; norms behind them, too."""
    node = network[output]
    match node.layer:
        case Conv() | Linear():
            return [node]
        case BatchNorm():
            return [node, *last_layers(network, node.inputs[0])]
        case _:
            return [found for id in node.inputs for found in last_layers(network, id)]


def parameters_of_an_output(node: Node) -> int:
    """The weights of an output, and its bias; of a norm a scale and a shift."""
    match node.layer:
        case Conv(inputs=inputs, kernel=(height, width), groups=1, bias=bias):
            return inputs * height * width + bias
        case Linear(inputs=inputs, bias=bias):
            return inputs + bias
        case BatchNorm():
            return 2
        case _:
            raise AssertionError(node)


def macs_of_an_output(node: Node) -> int:
    """The weights, at every place of the map that comes out."""
    match node.layer:
        case Conv(inputs=inputs, kernel=(height, width), groups=1):
            return inputs * height * width * node.size.height * node.size.width
        case Linear(inputs=inputs):
            return inputs
        case _:
            return 0


# Twice the size

# Convolutions or pools without padding, or pools that round up: nothing is exactly twice as large.
UNEVEN = {
    "alexnet", "deeplab_largefov", "deeplabv2_resnet101", "deeplabv3_resnet101", "dilation8_voc", "fcn8s", "googlenet",
    "squeezenet1_1", "unet",
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NETWORKS if name not in UNEVEN])
def test_twice_the_size_is_four_times_the_work(name: str) -> None:
    """Of every map, up to what is flat; a side that was pooled to a fixed length stays, and so does its work."""
    small, large = of_size(name, 256, 256).network, of_size(name, 512, 512).network
    grown: dict[str, tuple[float, float]] = {}
    for before in small:
        if before.size.flat:
            continue
        was, now = before.size, large[before.id].size
        by = grown[before.id] = now.height / was.height, now.width / was.width
        arriving = [(1, 1)] if isinstance(before.layer, AdaptivePool) else [grown[id] for id in before.inputs]
        assert all(here == 2 or {side[number] for side in arriving} == {1} for number, here in enumerate(by)), before.id
        assert macs(large[before.id].layer, now) == macs(before.layer, was) * by[0] * by[1]
