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
    def of(
        cls, section: Section, given: tuple[Tensor, ...], aside: torch.cuda.Stream, before: Recording | None
    ) -> Recording:
        """Warms up and captures on one stream, beside that of the caller.

        It works in the memory that the recordings before work in, of which `before` is one: a run of one of them may
        overwrite what another has left. What they read lies elsewhere.
        """
        read = tuple(tensor.clone() for tensor in given)
        here = torch.cuda.current_stream(aside.device)
        aside.wait_stream(here)
        with torch.cuda.stream(aside):
            for _ in range(WARM_UP):
                section(*read)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=None if before is None else before.graph.pool(), stream=aside):
            logits, state = section(*read)
        here.wait_stream(aside)
        return cls(graph, read, logits, state)

    def replay(self, given: tuple[Tensor, ...]) -> tuple[Tensor, State]:
        for memory, tensor in zip(self.read, given, strict=True):
            memory.copy_(tensor)
        self.graph.replay()
        return self.logits.clone(), self.state


class Captured:
    """A section that is captured once for every size of batch, where its state lies on a GPU; elsewhere it just runs.

    The state that it gives may be overwritten by its next call.
    """

    def __init__(self, section: Section) -> None:
        self.section = section
        self.recordings: dict[int, Recording] = {}
        self.aside: torch.cuda.Stream | None = None

    def __call__(self, *state: Tensor) -> tuple[Tensor, State]:
        if state[0].device.type != "cuda":
            return self.section(*state)
        images = len(state[0])
        if images not in self.recordings:
            self.aside = self.aside or torch.cuda.Stream(state[0].device)  # type: ignore[no-untyped-call]
            before = next(iter(self.recordings.values()), None)
            self.recordings[images] = Recording.of(self.section, state, self.aside, before)
        return self.recordings[images].replay(state)
