"""Generated source, run: a network with weights that are no special case, in float64."""

from __future__ import annotations

import sys
from itertools import count
from types import ModuleType

import torch
from torch import Tensor, nn

from msdl.backends import backend
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule, schedule
from tests.backends.interpreter import interpret

_COUNT = count()


def source(graph: Graph, planned: Schedule | None = None) -> str:
    return backend("torch")(graph, planned or schedule(graph), "0123abcd", "1.2.3")


def run(text: str) -> ModuleType:
    """The module that source makes, importable, so that its classes can be pickled."""
    module = ModuleType(f"generated_{next(_COUNT)}")
    sys.modules[module.__name__] = module
    exec(compile(text, module.__name__, "exec"), module.__dict__)
    return module


def network(text: str) -> nn.Module:
    """The network in evaluation, every number of its state drawn."""
    model: nn.Module = run(text).Network().double().eval()
    generator = torch.Generator().manual_seed(1)
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            drawn = torch.rand(value.shape, generator=generator, dtype=value.dtype)
            value.copy_(drawn + 0.5 if name.endswith("running_var") else drawn - 0.5)
    return model


def image(graph: Graph) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    return torch.randn(2, *graph.image.extents, generator=generator, dtype=torch.float64)


def assert_right(graph: Graph, planned: Schedule | None = None) -> nn.Module:
    """Logits and state of every section are those of the interpreter."""
    planned = planned or schedule(graph)
    model = network(source(graph, planned))
    pixels = image(graph)
    with torch.no_grad():
        expected = interpret(graph, model.state_dict(), pixels)
        state: tuple[Tensor, ...] = (pixels.clone(),)
        for number, section in enumerate(planned.sections, start=1):
            logits, state = getattr(model, f"section{number}")(*state)
            for value, id in zip((logits, *state), (section.exit.output, *section.state), strict=True):
                torch.testing.assert_close(value, expected[id], rtol=1e-12, atol=1e-12)
        assert state == ()
    return model
