"""CUDA graphs: what a section launches on a GPU, launched again at once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.runtime.sections import Section, State

# Runs before a graph is captured: compiling and choosing algorithms has to be over by then.
WARM_UP = 3


@dataclass(frozen=True)
class Recording:
    """A section's launches for one size of batch, and the memory that they read and write."""

    graph: torch.cuda.CUDAGraph
    read: tuple[Tensor, ...]
    logits: Tensor
    state: State

    @classmethod
    def of(cls, section: Section, given: tuple[Tensor, ...]) -> Recording:
        read = tuple(tensor.clone() for tensor in given)
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                section(*read)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits, state = section(*read)
        return cls(graph, read, logits, state)

    def replay(self, given: tuple[Tensor, ...]) -> tuple[Tensor, State]:
        for memory, tensor in zip(self.read, given, strict=True):
            memory.copy_(tensor)
        self.graph.replay()
        return self.logits.clone(), self.state


class Captured:
    """A section that is captured once for every size of batch, where its state lies on a GPU; elsewhere it just runs.

    The state that it gives is overwritten by its next call with as many images.
    """

    def __init__(self, section: Section) -> None:
        self.section = section
        self.recordings: dict[int, Recording] = {}

    def __call__(self, *state: Tensor) -> tuple[Tensor, State]:
        if state[0].device.type != "cuda":
            return self.section(*state)
        images = len(state[0])
        if images not in self.recordings:
            self.recordings[images] = Recording.of(self.section, state)
        return self.recordings[images].replay(state)
