"""What is different between two networks: their tensors, what their nodes compute, their exits.

Nodes are compared by their ids and exits by the ids of their cells: these are coordinates, and keys of checkpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from msdl.network.graph import IMAGE, Graph, Node
from msdl.network.tensors import tensors

Kind = Literal["added", "removed", "reshaped", "altered", "alone"]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an id; None where a network has no such node.

    The first three kinds are about tensors: there are some where there were none, none where there were some, or
    others. An `altered` node has the same tensors, or none, but is another layer or reads something else. One that is
    `alone` is in one of the networks only and has no tensors; what reads it is altered, or an exit puts it out.
    """

    id: str
    kind: Kind
    old: Node | None
    new: Node | None


@dataclass(frozen=True, slots=True)
class ExitPair:
    """The exits of two networks with one cell, as their numbers from 0; None where there is none."""

    cell: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference between two networks, in the order of the new one's nodes, those it lacks behind them.

    `kept` counts the nodes that have tensors, the same in both; `exits` are in layer order. `same_input` tells that
    the images have one shape, `same_exits` that the exits all put out the same nodes in the same order.
    """

    changes: tuple[Change, ...]
    kept: int
    exits: tuple[ExitPair, ...]
    same_input: bool
    same_exits: bool

    def of(self, kind: Kind) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def loads(self) -> bool:
        """Whether the new module's `load_state_dict`, strict as it is by default, takes a checkpoint of the old one."""
        return all(change.kind in ("altered", "alone") for change in self.changes)

    @property
    def same(self) -> bool:
        """Whether both put out the same, given the same weights."""
        return not self.changes and self.same_input and self.same_exits


def difference(old: Graph, new: Graph) -> Difference:
    """Compares two checked networks."""
    changes = tuple(_changes(old, new))
    changed = {change.id for change in changes}
    kept = sum(bool(tensors(node.layer)) for node in new if node.id not in changed)
    answers = [[(exit.cell.id, exit.output) for exit in graph.exits] for graph in (old, new)]
    return Difference(changes, kept, tuple(_exits(old, new)), old.image == new.image, answers[0] == answers[1])


def _changes(old: Graph, new: Graph) -> Iterator[Change]:
    for id in {**new.nodes, **old.nodes}:
        if id == IMAGE:
            continue
        before, after = old.nodes.get(id), new.nodes.get(id)
        kind = _kind(before, after)
        if kind is not None:
            yield Change(id, kind, before, after)


def _kind(old: Node | None, new: Node | None) -> Kind | None:
    """How two nodes of one id differ; None where they don't."""
    before, after = ({} if node is None else tensors(node.layer) for node in (old, new))
    if before != after:
        return "reshaped" if before and after else "added" if after else "removed"
    if old is None or new is None:
        return "alone"
    return None if (old.layer, old.inputs) == (new.layer, new.inputs) else "altered"


def _exits(old: Graph, new: Graph) -> Iterator[ExitPair]:
    places = {exit.cell.id: (exit.layer, exit.scale) for exit in (*old.exits, *new.exits)}
    before, after = ({exit.cell.id: number for number, exit in enumerate(graph.exits)} for graph in (old, new))
    for cell in sorted(places, key=lambda cell: (*places[cell], cell)):
        yield ExitPair(cell, before.get(cell), after.get(cell))
