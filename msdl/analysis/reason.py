"""Why a cell is there: who reads it, and which exits need it through what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.analysis.chain_of_need import Chain, chains_of_need
from msdl.analysis.part import Part
from msdl.analysis.readers import readers, readers_of
from msdl.network.graph import Exit, Graph
from msdl.network.schedule import needed_by


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a part is there.

    `chains` has one for every exit of the graph, None where the exit doesn't need the part; `first` is the exit in
    whose section it is computed. `readers` are the cells that read a cell, or the nodes that read a node, and whether
    any exit needs them.
    """

    part: Part
    chains: tuple[Chain | None, ...]
    first: Exit | None
    readers: Mapping[str, bool]


def reason(graph: Graph, part: Part) -> Reason:
    """The reason for one part of an elaborated graph, which may hold what no exit needs."""
    chains = chains_of_need(graph, part)
    first = next((exit for exit, chain in zip(graph.exits, chains, strict=True) if chain), None)
    needs, read_by = needed_by(graph), readers_of(part, readers(graph))
    return Reason(part, chains, first, {id: any(needs[node.id] for node in nodes) for id, nodes in read_by.items()})
