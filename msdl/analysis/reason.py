"""Why a cell is there: who reads it, and which exits need it through what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.analysis.chain_of_need import Chain, chains_of_need
from msdl.analysis.place import Place
from msdl.analysis.readers import readers
from msdl.network.graph import Exit, Graph
from msdl.network.schedule import needed_by


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place is there.

    `chains` has one for every exit of the graph, None where the exit doesn't need the place; `first` is the exit in
    whose section it is computed. `readers` are the cells that read a cell, or the nodes that read a node, and whether
    any exit needs them.
    """

    place: Place
    chains: tuple[Chain | None, ...]
    first: Exit | None
    readers: Mapping[str, bool]


def reason(graph: Graph, place: Place) -> Reason:
    """The reason for one place of an elaborated graph, which may hold what no exit needs."""
    chains = chains_of_need(graph, place)
    first = next((exit for exit, chain in zip(graph.exits, chains, strict=True) if chain), None)
    return Reason(place, chains, first, _readers(graph, place))


def _readers(graph: Graph, place: Place) -> dict[str, bool]:
    needs, own = needed_by(graph), {node.id for node in place.nodes}
    found: dict[str, bool] = {}
    for node in readers(graph)[place.value.id] if place.value.id in own else ():
        id = node.cell.id if place.is_cell else node.id
        found[id] = found.get(id, False) or needs[node.id] > 0
    return found
