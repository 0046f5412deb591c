"""Schedule -> the source of a PyTorch module: standalone, typed, readable, one method a section."""

from __future__ import annotations

from msdl.backends.torch.source import source
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The source of a module for a checked network. `digest` and `version` are for its header."""
    return source(graph, schedule, digest, version)
