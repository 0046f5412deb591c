"""Schedule -> text: one folder a target, each with `emit`, all of one protocol. Add a target to `BACKENDS`."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

# A target is the folder of its name beside this file, imported when it is asked for.
BACKENDS = ("torch", "inference", "dot", "tex")


class Backend(Protocol):
    """Writes a checked network as text; `digest` and `version` are for its header."""

    def __call__(self, graph: Graph, schedule: Schedule, digest: str, version: str) -> str: ...


def backend(target: str) -> Backend:
    """The backend of a target. Raises ValueError for an unknown one."""
    if target not in BACKENDS:
        raise ValueError(f"there is no target {target!r}; there is {', '.join(BACKENDS)}")
    emit: Backend = import_module(f"{__name__}.{target}").emit
    return emit
