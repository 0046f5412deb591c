"""Which cells a cell is made from: the connections that a drawing shows and the paper's figure 2 means."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from msdl.analysis.rule import rule
from msdl.network.graph import IMAGE, Graph, Node
from msdl.network.layers import Concat

Kind = Literal[
    "vertical", "horizontal", "diagonal", "up", "from", "unpool", "residual", "dense", "layer", "between", "leave",
    "exit",
]  # fmt: skip
HISTORY = "dense"
# Where a cell has no path of its own, these take over what its scale held.
SAME_SCALE = {"then": "horizontal", "transition": "horizontal"}


@dataclass(frozen=True, slots=True)
class Connection:
    """A cell (or exit) is made, by a rule, from what another cell added.

    `near` tells that the value read is that cell's own, the newest. The others are its dense sources: cells whose
    feature maps came along in the concatenation.
    """

    source: str
    target: str
    kind: Kind
    near: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell (or exit) reads, by a rule, another's value: what all of `sources` added, the nearest of them last."""

    target: str
    kind: Kind
    sources: tuple[str, ...]

    @property
    def nearest(self) -> Connection:
        return Connection(self.sources[-1], self.target, self.kind, near=True)

    @property
    def dense(self) -> Iterator[Connection]:
        """The connections with cells before the nearest."""
        return (Connection(source, self.target, self.kind, near=False) for source in self.sources[:-1])


def is_first_value(graph: Graph) -> bool:
    """Whether the image is what scale 1 holds at layer 0: without a stem it is, and otherwise it is of no cell."""
    return graph[IMAGE].shape is not None and not any(node.cell.role == "stem" for node in graph)


def connections(graph: Graph) -> tuple[Connection, ...]:
    """Every connection between two cells, each once, in the order of elaboration.

    A dense cell's value is [old value, what it adds], so a path that reads it reads every cell back to the last
    transition, whose output is new. The old value itself, passed on, is a connection, `dense`, only where no path of
    the cell reads it: elsewhere that path says it already.
    """
    found = (each for reading in readings(graph) for each in (*reading.dense, reading.nearest))
    return tuple(dict.fromkeys(found))


def readings(graph: Graph) -> tuple[Reading, ...]:
    """What every cell and exit reads of others, each once, in the order of elaboration."""
    histories = [node for node in graph if _is_history(graph, node)]
    added = _added(graph, {node.id for node in histories})
    found = [each for node in graph for each in _into(graph, node, added)]
    found += _passed_on(graph, histories, added)
    # An exit that puts out what it reads has no node: its chain is `identity`.
    handed_on = (exit for exit in graph.exits if exit.output == exit.features)
    found += (Reading(exit.cell.id, "exit", added[exit.features]) for exit in handed_on if added[exit.features])
    return tuple(dict.fromkeys(found))


def _added(graph: Graph, histories: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """For every node the cells whose feature maps it holds side by side, the newest last."""
    added: dict[str, tuple[str, ...]] = {IMAGE: (IMAGE,) if is_first_value(graph) else ()}
    for node in graph:
        if node.id == IMAGE:
            continue
        old = added[node.inputs[0]] if node.id in histories else ()
        added[node.id] = (*old, node.cell.id)
    return added


def _is_history(graph: Graph, node: Node) -> bool:
    """Whether a node is a dense cell's value: what was there, and what the cell adds."""
    return isinstance(node.layer, Concat) and node.id == node.cell.id and rule(node, graph[node.inputs[0]]) == HISTORY


def _into(graph: Graph, node: Node, added: Mapping[str, tuple[str, ...]]) -> Iterator[Reading]:
    for id in node.inputs:
        source = graph[id]
        if not added[id] or source.cell.id == node.cell.id:
            continue
        name = rule(node, source).rstrip("0123456789")
        if name != HISTORY:
            yield Reading(node.cell.id, cast(Kind, SAME_SCALE.get(name, name)), added[id])


def _passed_on(graph: Graph, histories: Sequence[Node], added: Mapping[str, tuple[str, ...]]) -> Iterator[Reading]:
    """Old values that are passed on and otherwise unread by their cells."""
    passing = {node.id for node in histories}
    read = {(node.cell.id, id) for node in graph if node.id not in passing for id in node.inputs}
    for node in histories:
        old = node.inputs[0]
        if (node.cell.id, old) not in read and added[old]:
            yield Reading(node.cell.id, "dense", added[old][-1:])
