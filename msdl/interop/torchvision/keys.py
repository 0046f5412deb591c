"""The keys of torchvision's state_dict and those of msdl's, read off a graph and the table of its network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msdl.interop.fit import Entry
from msdl.interop.torchvision.tables import TABLES, Table
from msdl.language.numbers import counted
from msdl.network.graph import Graph, Node
from msdl.network.tensors import tensors

if TYPE_CHECKING:
    from msdl.compilation import Compilation

BRACES = re.compile(r"\\{(\w+)\\}")


class ForeignNetwork(ValueError):
    """A network that is none of torchvision's; the message says what differs."""


class Number(int):
    """A number of an id, as the names of a table ask for it: `{l}`, `{l:-1}` or `{l:3 4 6 7}`."""

    def __format__(self, wanted: str) -> str:
        """Raises ForeignNetwork where there is no such word."""
        if not wanted or wanted[0] in "+-":
            return str(self + int(wanted or 0))
        words = wanted.split()
        if not 0 < self <= len(words):
            raise ForeignNetwork(f"torchvision's network has {len(words)} layers, this one at least {self}")
        return words[self - 1]


def table(compilation: Compilation) -> Table:
    """The table for a network's name. Raises ForeignNetwork, and SpecError."""
    name = compilation.network.name
    if name not in TABLES:
        raise ForeignNetwork(f"'{name}' is none of torchvision's networks; those are {', '.join(TABLES)}")
    return TABLES[name]


def entries(compilation: Compilation) -> list[Entry]:
    """Every tensor that torchvision has for a network of its own. Raises SpecError, and ForeignNetwork."""
    names, needed, graph = table(compilation), compilation.network, compilation.graph
    assert graph is not None
    places = _places(graph)
    return [
        Entry(f"{module}.{name}", shape, f"{node.id}.{name}" if node.id in needed else None)
        for chain, nodes in _chains(graph).items()
        for node, module in zip(nodes, _modules(chain, nodes, names, places), strict=True)
        for name, shape in tensors(node.layer).items()
    ]


def _chains(graph: Graph) -> dict[str, list[Node]]:
    """The layers with tensors, in the order of their equations, by their ids without the last number."""
    found: dict[str, list[Node]] = {}
    for node in graph.layers:
        if tensors(node.layer):
            found.setdefault(node.id.rpartition(".")[0], []).append(node)
    return found


def _places(graph: Graph) -> dict[str, int]:
    """The place of every layer among those of its scale, from 1, by its cell."""
    layers: dict[int, list[str]] = {}
    for cell in dict.fromkeys(node.cell for node in graph.layers if node.cell.role == "cell"):
        layers.setdefault(cell.scale, []).append(cell.id)
    return {id: place for cells in layers.values() for place, id in enumerate(cells, 1)}


def _modules(chain: str, nodes: list[Node], names: Table, places: Mapping[str, int]) -> Iterator[str]:
    """torchvision's modules for the layers of a chain. Raises ForeignNetwork."""
    for pattern, modules in names.chains.items():
        if match := re.fullmatch(BRACES.sub(r"(?P<\1>\\d+)", re.escape(pattern)), chain):
            numbers = {name: Number(number) for name, number in match.groupdict().items()}
            place = Number(places.get(nodes[0].cell.id, 0))
            return _listed(modules.format(**numbers, i=place), chain, len(nodes))
    raise ForeignNetwork(f"torchvision's network has no counterpart of '{chain}'")


def _listed(modules: str, chain: str, count: int) -> Iterator[str]:
    """`layer1.0: conv1 bn1` -> layer1.0.conv1, layer1.0.bn1."""
    common, colon, words = modules.rpartition(": ")
    listed = words.split()
    if len(listed) != count:
        layers = counted(count, "layer")
        raise ForeignNetwork(f"this network has {layers} with tensors in '{chain}', torchvision's {len(listed)}")
    return (f"{common}.{word}" if colon else word for word in listed)
