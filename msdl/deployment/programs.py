"""A network as programs of torch.export, one a section, which C++ and `torch.compile` take."""

from __future__ import annotations

import copy
import io
from collections.abc import Collection, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.export import Dim, ExportedProgram

from msdl.backends import backend
from msdl.network.graph import IMAGE
from msdl.network.schedule import LOGITS, SectionFile, Value
from msdl.runtime.load import execute
from msdl.runtime.sections import State
from msdl.runtime.trained import FoldedNetwork, Trained
from msdl.version import VERSION

# torch.export takes an example's batch for any batch, unless it is one image or none.
EXAMPLES = 2

# What the tracer notes about the source lines and modules that an operator came from: paths of the machine at work.
ORIGINS = ("stack_trace", "nn_module_stack", "source_fn_stack")


def programs(trained: Trained) -> Iterator[SectionFile]:
    """The sections in their order, batch norms folded; each has the weights of its own nodes alone.

    Called with the state, a program gives logits and the tuple of the new state.
    """
    network = trained.folded
    module = _module(network, trained.compilation.digest)
    inputs: tuple[Value, ...] = (Value(IMAGE, network.graph.image.extents),)
    for number, section in enumerate(network.schedule.sections, start=1):
        state = tuple(Value(id, network.graph[id].size.extents) for id in section.state)
        alone = _Section(_only(module, section.nodes), number)
        logits = Value(LOGITS, network.graph[section.exit.output].size.extents)
        yield SectionFile(section.exit.name, _saved(_traced(alone, inputs)), inputs, (logits, *state))
        inputs = state


def _module(network: FoldedNetwork, digest: str) -> nn.Module:
    source = backend("torch")(network.graph, network.schedule, digest, VERSION)
    module: nn.Module = execute(source, network.graph.name).Network()
    module.load_state_dict(dict(network.weights))
    return module.eval().requires_grad_(False)


def _only(module: nn.Module, nodes: Collection[str]) -> nn.Module:
    """A copy with the weights of some nodes alone: torch.export keeps all that a module has."""
    part = copy.deepcopy(module)
    kept = {*nodes}
    for name, layer in part.named_modules():
        if name not in kept:
            for key, _ in [*layer.named_parameters(recurse=False), *layer.named_buffers(recurse=False)]:
                delattr(layer, key)
    return part


class _Section(nn.Module):
    """A section of a generated module, as a module."""

    def __init__(self, network: nn.Module, number: int) -> None:
        super().__init__()
        self.network = network
        self.section = f"section{number}"

    def forward(self, *state: Tensor) -> tuple[Tensor, State]:
        result: tuple[Tensor, State] = getattr(self.network, self.section)(*state)
        return result


def _traced(section: nn.Module, inputs: tuple[Value, ...]) -> ExportedProgram:
    examples = tuple(torch.zeros(EXAMPLES, *value.shape) for value in inputs)
    batches: Any = (tuple({0: Dim("batch")} for _ in inputs),)
    with torch.no_grad():
        return torch.export.export(section, examples, dynamic_shapes=batches)


def _saved(program: ExportedProgram) -> bytes:
    for node in program.graph.nodes:
        for name in ORIGINS:
            node.meta.pop(name, None)
    content = io.BytesIO()
    torch.export.save(program, content)
    return content.getvalue()
