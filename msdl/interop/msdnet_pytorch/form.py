"""What a network has to look like to be one of the port's: its chains, and how they are joined."""

from __future__ import annotations

from dataclasses import dataclass

from msdl.network.graph import Cell, Graph, Node
from msdl.network.layers import Activation, BatchNorm, Concat, Conv, Layer, Linear, Pool

# What each chain of the port does, in the words of the language.
CHAINS = {
    "stem": ("conv3x3 bn relu", "conv7x7(bias)/2 bn relu maxpool3x3/2"),
    "vertical": ("conv3x3/2 bn relu",),
    "diagonal": ("conv1x1 bn relu conv3x3/2 bn relu", "conv3x3/2 bn relu"),
    "horizontal": ("conv1x1 bn relu conv3x3 bn relu", "conv3x3 bn relu"),
    "transition": ("conv1x1 bn relu",),
    "exit": ("conv3x3/2 bn relu conv3x3/2 bn relu avgpool2x2/2 linear",),
}
POOLS = {
    Pool("max", (3, 3), (2, 2), (1, 1)): "maxpool3x3/2",
    Pool("average", (2, 2), (2, 2), (0, 0)): "avgpool2x2/2",
}
# The order of concatenation, behind what was there before; no finer scale is live at the finest.
JOINED = (["diagonal", "horizontal"], ["horizontal"])


class ForeignNetwork(ValueError):
    """A network that no flags of the port build; the message says what differs."""

    def __init__(self, difference: str) -> None:
        super().__init__(f"No flags of the port build this network: {difference}.")


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of the network: `name` is a key of CHAINS, `ids` its nodes in order, `words` what they do."""

    name: str
    cell: Cell
    ids: tuple[str, ...]
    words: str


def chains(graph: Graph) -> list[Chain]:
    """The chains of a network of the port's form. Raises ForeignNetwork."""
    found: dict[str, list[Node]] = {}
    for node in graph.layers:
        if node.id == node.cell.id:
            _check_join(graph, node)
        else:
            found.setdefault(node.id.rpartition(".")[0], []).append(node)
    _check_exits(graph)
    return [_chain(graph, id, nodes) for id, nodes in found.items()]


def _chain(graph: Graph, id: str, nodes: list[Node]) -> Chain:
    cell = nodes[0].cell
    name = nodes[0].within.rpartition(".")[0] or cell.role
    words = " ".join(_word(node.layer) for node in nodes)
    if name not in CHAINS:
        raise ForeignNetwork(f"the port has nothing that corresponds to '{id}'")
    if words not in CHAINS[name]:
        known = " or ".join(f"'{known}'" for known in CHAINS[name])
        raise ForeignNetwork(f"'{id}' is '{words}', where the port has {known}")
    if name == "horizontal" and cell.id not in graph:
        raise ForeignNetwork(f"'{cell.id}' drops what was there before; the port's layers are dense")
    return Chain(name, cell, tuple(node.id for node in nodes), words)


def _check_join(graph: Graph, node: Node) -> None:
    """[x, diagonal, horizontal], as the weights that read it expect."""
    paths = [graph[id].within.partition(".")[0] for id in node.inputs[1:] if graph[id].cell.id == node.cell.id]
    if not isinstance(node.layer, Concat) or len(paths) + 1 != len(node.inputs) or paths not in JOINED:
        word = type(node.layer).__name__.lower()
        raise ForeignNetwork(
            f"'{node.id}' is the {word} of {', '.join(node.inputs)}; the port concatenates what was there before,"
            " diagonal and horizontal, in this order"
        )


def _check_exits(graph: Graph) -> None:
    """One exit behind every block, on the coarsest scale, the last one behind the last layer."""
    layers = [exit.layer for exit in graph.exits]
    last = max(node.cell.layer for node in graph)
    if layers[0] < 1 or layers[-1] != last or len({*layers}) < len(layers):
        listed = ", ".join(map(str, layers))
        raise ForeignNetwork(f"exits stand at {listed}; the port has one behind each block, the last at layer {last}")
    for exit in graph.exits:
        if exit.scale != graph.scales:
            raise ForeignNetwork(f"{exit.name} reads scale {exit.scale}; the port's exits read scale {graph.scales}")


def _word(layer: Layer) -> str:
    """A layer as the language writes it, its channels left out; one that isn't among the port's as what it is."""
    match layer:
        case Conv(inputs, outputs, (k, _), (t, _), bias=bias) if layer == Conv(
            inputs, outputs, (k, k), (t, t), (k // 2, k // 2), bias=bias
        ):
            return f"conv{k}x{k}{'(bias)' if bias else ''}{f'/{t}' if t > 1 else ''}"
        case BatchNorm(channels) if layer == BatchNorm(channels):
            return "bn"
        case Activation(kind):
            return kind
        case Pool() if layer in POOLS:
            return POOLS[layer]
        case Linear(bias=True):
            return "linear"
        case _:
            return str(layer)
