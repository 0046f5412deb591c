"""Schedule and weights -> ONNX: a model a section, which ONNX Runtime and others run without msdl (needs `onnx`).

Written operator by operator: tracing a module takes `torch.onnx` minutes where there are many exits.
"""

from __future__ import annotations

from collections.abc import Iterator

from msdl.backends.onnx.nodes import Weights
from msdl.backends.onnx.writing import Network
from msdl.network.graph import IMAGE, Graph
from msdl.network.schedule import LOGITS, Schedule, SectionFile

__all__ = ["Weights", "emit", "whole"]


def emit(graph: Graph, schedule: Schedule, weights: Weights, digest: str, version: str) -> Iterator[SectionFile]:
    """A model for every section, in order.

    The first reads `image`, the others the state that the one before leaves. They put out `logits` and then the new
    state, whose tensors are called by the ids of their nodes; one that only passes through is input and output.
    `weights` have the keys of the state_dict, `NODE.weight`. Raises KeyError for a weight that is missing, ValueError
    for one of another shape or type.
    """
    network = Network(graph, schedule, weights, digest, version)
    state: tuple[str, ...] = (IMAGE,)
    for section in schedule.sections:
        yield network.section((section,), state, (LOGITS,))
        state = section.state


def whole(graph: Graph, schedule: Schedule, weights: Weights, digest: str, version: str) -> SectionFile:
    """All sections in one model: from `image` to `logits1`, `logits2`, .., one an exit. Raises as `emit` does."""
    logits = tuple(f"{LOGITS}{number}" for number, _ in enumerate(schedule.sections, start=1))
    return Network(graph, schedule, weights, digest, version).section(schedule.sections, (IMAGE,), logits)
