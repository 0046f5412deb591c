"""Schedule -> text: one function a target, all of one protocol. Add a target to `BACKENDS`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from msdl.backends import dot, torch
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule


class Backend(Protocol):
    """Writes a checked network as text; `digest` and `version` are for its header."""

    def __call__(self, graph: Graph, schedule: Schedule, digest: str, version: str) -> str: ...


BACKENDS: Mapping[str, Backend] = MappingProxyType({"torch": torch.emit, "dot": dot.emit})


def backend(target: str) -> Backend:
    """The backend of a target. Raises ValueError for an unknown one."""
    if target not in BACKENDS:
        raise ValueError(f"there is no target {target!r}; there is {', '.join(BACKENDS)}")
    return BACKENDS[target]
