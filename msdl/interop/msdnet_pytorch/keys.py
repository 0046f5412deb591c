"""The keys of the port's state_dict and those of msdl's, both read off one graph.

    blocks.1.0.layers.1.conv_down.net.3.weight     here layer3.scale3.diagonal.3.weight, where scale 1 has left
           | |        |               |
           | |        |               place in the path: convolution, bn, relu, convolution, ..
           | |        place among the scales that stay live: scale - finest
           | place in the block: the stem is 0.0, a layer takes one, the transition behind it the next
           block: the layers up to an exit

Once scales leave, the port computes cells that no exit needs. They are in its state_dict, and msdl drops them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msdl.interop.fit import Entry
from msdl.interop.msdnet_pytorch.form import Chain, chains
from msdl.network.graph import Graph
from msdl.network.prune import pruned
from msdl.network.tensors import tensors

if TYPE_CHECKING:
    from msdl.compilation import Compilation


@dataclass(frozen=True, slots=True)
class Address:
    """Where the port keeps a layer and the transition behind it, and which scale is the first it has there."""

    layer: str
    transition: str
    finest: int

    def path(self, name: str, scale: int) -> str:
        nth = scale - self.finest
        if name == "transition":
            return f"{self.transition}.m.{nth}"
        return f"{self.layer}.layers.{nth}.{'conv_down' if name == 'diagonal' else 'conv_normal'}"


def entries(compilation: Compilation) -> list[Entry]:
    """Every tensor that the port has for a network. Raises SpecError, and ForeignNetwork."""
    needed, elaborated = compilation.network, compilation.graph
    assert elaborated is not None
    graph = _as_built(elaborated)
    found = chains(graph)
    addresses, exits = _addresses(found), [exit.cell.id for exit in graph.exits]
    return [
        Entry(f"{_module(chain, number, addresses, exits)}.{name}", shape, f"{id}.{name}" if id in needed else None)
        for chain in found
        for number, id in enumerate(chain.ids)
        for name, shape in tensors(graph[id].layer).items()
    ]


def _as_built(graph: Graph) -> Graph:
    """The cells that the port builds.

    With `prune max` it builds all of them, with `prune min` what exits need: then no scale is said to leave. After a
    single layer none can have left either, but only `prune max` builds one of several scales.
    """
    live: dict[int, int] = {}
    for node in graph:
        if node.cell.role == "cell" and node.cell.layer:
            live[node.cell.layer] = min(node.cell.scale, live.get(node.cell.layer, node.cell.scale))
    leave = len({*live.values()}) > 1
    return graph if leave or len(live) == 1 else pruned(graph, *graph.exits)


def _addresses(found: Sequence[Chain]) -> dict[int, Address]:
    """Where each layer stands; every block counts its modules from 0."""
    exits = sorted(chain.cell.layer for chain in found if chain.name == "exit")
    scales: dict[int, list[int]] = {}
    for chain in found:
        if chain.name == "horizontal":
            scales.setdefault(chain.cell.layer, []).append(chain.cell.scale)
    compressed = {chain.cell.layer for chain in found if chain.name == "transition"}
    addresses: dict[int, Address] = {}
    block, taken = 0, 1  # the stem is block 0's first module
    for layer, live in sorted(scales.items()):
        if bisect_left(exits, layer) > block:
            block, taken = block + 1, 0
        addresses[layer] = Address(f"blocks.{block}.{taken}", f"blocks.{block}.{taken + 1}", min(live))
        taken += 2 if layer in compressed else 1
    return addresses


def _module(chain: Chain, number: int, addresses: Mapping[int, Address], exits: list[str]) -> str:
    """The port's module for one layer of a chain."""
    cell = chain.cell
    match chain.name:
        case "stem":
            # For ImageNet the port's stem is a bare sequence, for CIFAR a module that holds one.
            return f"blocks.0.0.layers.0.{'' if 'pool' in chain.words else 'net.'}{number}"
        case "vertical":
            return f"blocks.0.0.layers.{cell.scale - 1}.net.{number}"
        case "exit":
            within = "linear" if number == len(chain.ids) - 1 else f"m.{number // 3}.net.{number % 3}"
            return f"classifier.{exits.index(cell.id)}.{within}"
        case name:
            return f"{addresses[cell.layer].path(name, cell.scale)}.net.{number}"
