"""Graph -> Schedule: the lazy order. What an exit newly needs is its section; what later ones still read, its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from msdl.network.graph import Exit, Graph, Node
from msdl.network.layers import Image

LOGITS = "logits"  # what an exit puts out, where tensors have names


@dataclass(frozen=True, slots=True)
class Section:
    """The work between two exits: the nodes that this exit needs and no earlier one computed, in order.

    `state` is what later sections still read: one value a live scale, fine to coarse, then any other by id.
    """

    exit: Exit
    nodes: tuple[str, ...]
    state: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor of float32 that sections read or put out: a batch of any size, before the `shape` of one image."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SectionFile:
    """The section of an exit in the format of a target: `content` reads the inputs and puts out logits and state."""

    exit: str
    content: bytes
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


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
    for node in graph.backwards:
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
    section_of = _sections(graph)
    members: list[list[str]] = [[] for _ in graph.exits]
    for id in _along_diagonals(graph):
        if id in section_of and not isinstance(graph[id].layer, Image):
            members[section_of[id]].append(id)
    sections = zip(graph.exits, members, states(graph), strict=True)
    return Schedule(tuple(Section(exit, tuple(nodes), state) for exit, nodes, state in sections))


def _along_diagonals(graph: Graph) -> Iterable[str]:
    import networkx as nx

    place = {node.id: number for number, node in enumerate(graph)}

    def key(id: str) -> tuple[int, int, int]:
        cell = graph[id].cell
        return cell.layer + graph.scales - cell.scale, cell.scale, place[id]

    return nx.lexicographical_topological_sort(graph.edges, key)


def _sections(graph: Graph) -> Mapping[str, int]:
    """The number of the section that computes a node, for every node that an exit needs."""
    return {id: first_exit(needs) for id, needs in needed_by(graph).items() if needs}


def states(graph: Graph) -> list[tuple[str, ...]]:
    """For every section the values that a later one reads, or puts out: two exits may share their features."""
    section_of = _sections(graph)
    live: list[list[Node]] = [[] for _ in graph.exits]
    last_use = dict(section_of)
    for node in graph:
        for source in node.inputs:
            if node.id in section_of:
                last_use[source] = max(last_use[source], section_of[node.id])
    for number, exit in enumerate(graph.exits):
        last_use[exit.output] = max(last_use[exit.output], number)
    for id, made in section_of.items():
        for section in range(made, last_use[id]):
            live[section].append(graph[id])
    of_cells = {id for id in graph.outputs.values() if graph[id].cell.role != "exit"}
    return [_in_state_order(nodes, of_cells) for nodes in live]


def _in_state_order(nodes: list[Node], of_cells: set[str]) -> tuple[str, ...]:
    """One value a scale, fine to coarse, then any other by id; of two cells' values at a scale the later is its own."""
    scales: dict[int, Node] = {}
    for node in sorted((node for node in nodes if node.id in of_cells), key=lambda node: node.cell.layer):
        scales[node.cell.scale] = node
    firsts = [scales[scale].id for scale in sorted(scales)]
    return (*firsts, *sorted({node.id for node in nodes}.difference(firsts)))
