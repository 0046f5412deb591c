"""Graph -> Schedule: the lazy order. What an exit newly needs is its section; what later ones still read, its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import networkx as nx

from msdl.network.graph import Exit, Graph, Node
from msdl.network.layers import Image


@dataclass(frozen=True, slots=True)
class Section:
    """The work between two exits: the nodes that this exit needs and no earlier one computed, in order.

    `state` is what later sections still read: one value a live scale, fine to coarse, then any other by id.
    """

    exit: Exit
    nodes: tuple[str, ...]
    state: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    sections: tuple[Section, ...]


def needed_by(graph: Graph) -> dict[str, int]:
    """For every node the exits that need it, as bits: bit k is set when exit k (from 0) does.

    One sweep against the edges, whatever the number of exits; a node no exit needs is 0.
    """
    needs = dict.fromkeys((node.id for node in graph), 0)
    for number, exit in enumerate(graph.exits):
        needs[exit.output] |= 1 << number
    for node in reversed(list(graph)):
        for source in node.inputs:
            needs[source] |= needs[node.id]
    return needs


def first_exit(needs: int) -> int:
    """The number, from 0, of the first exit in a node's bits."""
    return (needs & -needs).bit_length() - 1


def schedule(graph: Graph) -> Schedule:
    """Orders the nodes by the first exit that needs them, and within a section along the grid's diagonals.

    On diagonal d = layer + (S - scale), from fine to coarse, a cell reads only the diagonal before and the finer cell
    on its own, so one tensor a scale suffices, updated in place (msdl's DESIGN, section 1).
    """
    section_of = {id: first_exit(needs) for id, needs in needed_by(graph).items() if needs}
    members: list[list[str]] = [[] for _ in graph.exits]
    for id in _along_diagonals(graph):
        if id in section_of and not isinstance(graph[id].layer, Image):
            members[section_of[id]].append(id)
    states = _states(graph, section_of)
    sections = zip(graph.exits, members, states, strict=True)
    return Schedule(tuple(Section(exit, tuple(nodes), state) for exit, nodes, state in sections))


def _along_diagonals(graph: Graph) -> Iterable[str]:
    place = {node.id: number for number, node in enumerate(graph)}

    def key(id: str) -> tuple[int, int, int]:
        cell = graph[id].cell
        return cell.layer + graph.scales - cell.scale, cell.scale, place[id]

    return nx.lexicographical_topological_sort(graph.edges, key)


def _states(graph: Graph, section_of: Mapping[str, int]) -> list[tuple[str, ...]]:
    """For every section the values that a later one reads."""
    live: list[list[Node]] = [[] for _ in graph.exits]
    for node in graph:
        if node.id not in section_of:
            continue
        made = section_of[node.id]
        readers = (section_of[reader.id] for reader in graph.consumers(node.id) if reader.id in section_of)
        for section in range(made, max(readers, default=made)):
            live[section].append(node)
    values = set(graph.outputs.values())
    return [tuple(node.id for node in sorted(nodes, key=lambda n: _state_place(n, n.id in values))) for nodes in live]


def _state_place(node: Node, is_value: bool) -> tuple[bool, int, str]:
    return (False, node.cell.scale, node.id) if is_value else (True, 0, node.id)
