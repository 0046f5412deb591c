"""Why an exit needs a cell: the shortest chain of cells from it to the exit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.analysis.part import Part
from msdl.analysis.rule import rule
from msdl.network.graph import Exit, Graph, Node


@dataclass(frozen=True, slots=True)
class Step:
    """A cell of a chain, and how the chain comes into it and through it.

    `through` names the rules: `diagonal`, or `horizontal` and then `transition`. Where the old value goes in as it is,
    that is the history: `dense` or `residual`. The first step is the part asked about, through nothing.
    """

    cell: str
    through: tuple[str, ...]


Chain = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """The shortest way to a node: how many cells and nodes it has, its step in the node's cell, and all before that."""

    cells: int
    nodes: int
    scale: int
    step: Step
    before: _Way | None

    def onwards(self, source: Node, node: Node) -> _Way:
        """The way from the node it leads to, the source, to one that reads it."""
        cell, name, through = node.cell, rule(node, source), self.step.through
        if self.step.cell == cell.id:
            step, before = Step(cell.id, through if name in ("", *through) else (*through, name)), self.before
        else:
            # A node that was asked about comes into its own cell's value by the rule that it belongs to.
            rules = (name,) if source.cell.id != cell.id else (rule(source, None), name)
            step, before = Step(cell.id, tuple(dict.fromkeys(filter(None, rules))) or ("join",)), self
        return _Way(self.cells + (before is self), self.nodes + 1, cell.scale, step, before)


def chains_of_need(graph: Graph, start: Part) -> tuple[Chain | None, ...]:
    """For every exit the shortest chain from a part to it; None for an exit that doesn't need the part.

    Of two chains that with fewer cells is the shorter, then that with fewer nodes. Of equally short ones it is that
    which comes from the coarser cell where they meet: it goes down to the coarse scales as soon as it can.
    """
    ways = _ways(graph, start)
    return tuple(_chain(ways[exit.output], exit) if exit.output in ways else None for exit in graph.exits)


def _ways(graph: Graph, start: Part) -> Mapping[str, _Way]:
    """The shortest way to every node that depends on a part, by one sweep along the edges."""
    if start.value not in start.nodes:
        return {}  # its own nodes lead nowhere; the value that others read was made elsewhere
    ways = {start.value.id: _Way(1, 1, start.cell.scale, Step(start.id, ()), None)}
    for node in graph:
        sources = [graph[id] for id in node.inputs if id in ways]
        if sources:
            nearest = min(sources, key=lambda source: _length(ways[source.id], source, node))
            ways[node.id] = ways[nearest.id].onwards(nearest, node)
    return ways


def _length(way: _Way, source: Node, node: Node) -> tuple[int, int, int]:
    return way.cells + (source.cell.id != node.cell.id), way.nodes, -way.scale


def _chain(way: _Way, exit: Exit) -> Chain:
    steps = [way.step]
    while way.before is not None:
        way = way.before
        steps.append(way.step)
    # A head of `identity` has no node: it puts out the features themselves.
    head = () if steps[0].cell == exit.cell.id else (Step(exit.cell.id, ("exit",)),)
    return (*reversed(steps), *head)
