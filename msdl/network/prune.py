"""Dead-node elimination: what no exit needs is dropped, and every count is taken after that."""

from __future__ import annotations

from msdl.network.graph import IMAGE, Exit, Graph


def pruned(graph: Graph, *exits: Exit) -> Graph:
    """The part of the graph that these exits need, and the image."""
    keep = graph.ancestors(*(exit.output for exit in exits)) | {IMAGE}
    return graph.only(keep, exits)


def chosen_exit(graph: Graph, wanted: str | int) -> Exit | None:
    """The exit of this name, or of this ordinal from 1, written `2` or `exit2`."""
    for ordinal, exit in enumerate(graph.exits, start=1):
        if str(wanted) in (exit.name, str(ordinal), f"exit{ordinal}"):
            return exit
    return None
