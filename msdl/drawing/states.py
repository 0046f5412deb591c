"""What is to be seen of each cell: what an exit needs, what laziness skips, what failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msdl.drawing.picture import Box, State, View
from msdl.network.graph import Cell, Graph
from msdl.network.schedule import needed_by


def states(graph: Graph, cells: Mapping[str, Cell], view: View, failed: Collection[str]) -> dict[str, State]:
    """The state of every cell and exit."""
    needed = set() if view.exit is None else _needed(graph, view.exit)
    last = None if view.exit is None else graph.exits[view.exit].layer
    return {
        id: "failed" if id in failed
        else "unknown" if id in graph.outputs and graph[graph.outputs[id]].shape is None
        else "plain" if last is None
        else "needed" if id in needed
        else "later" if cell.layer > last
        else "skipped"
        for id, cell in cells.items()
    }  # fmt: skip


def _needed(graph: Graph, exit: int) -> set[str]:
    """The cells of which an exit needs something, and itself."""
    needs = needed_by(graph)
    return {node.cell.id for node in graph if needs[node.id] >> exit & 1} | {graph.exits[exit].cell.id}


def state_of_line(source: Box, target: Box) -> State:
    """A line is needed where its target is: what is needed needs all that it reads."""
    if target.state == "needed":
        return "needed" if source.state == "needed" else "skipped"
    return target.state if target.state in ("skipped", "later") else "plain"
