"""Models of sections under ONNX Runtime, held against the interpreter in float64."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from msdl.backends.onnx import emit, whole
from msdl.network.folding import folded
from msdl.network.graph import Graph
from msdl.network.layers import BatchNorm, Conv, Deconv, Linear
from msdl.network.schedule import SectionFile, schedule
from msdl.runtime.folding import folded_weights
from tests.backends.interpreter import interpret

Arrays = dict[str, NDArray[np.float32]]
DIGEST, VERSION = "0123abcd", "1.2.3"


def drawn(graph: Graph, seed: int = 1) -> dict[str, Tensor]:
    """Weights and statistics of a network, none of them a special case, and none that makes values run away."""
    generator = torch.Generator().manual_seed(seed)
    found: dict[str, Tensor] = {}
    for node in graph:
        match node.layer:
            case Conv(inputs, outputs, kernel, groups=groups, bias=bias):
                shape: tuple[int, ...] = (outputs, inputs // groups, *kernel)
            case Deconv(inputs, outputs, kernel, groups=groups, bias=bias):
                shape = (inputs, outputs // groups, *kernel)
            case Linear(inputs, outputs, bias):
                shape = (outputs, inputs)
            case BatchNorm(channels):
                for name, start in {"weight": 0.5, "bias": -0.5, "running_mean": -0.5, "running_var": 0.5}.items():
                    found[f"{node.id}.{name}"] = torch.rand(channels, generator=generator) + start
                continue
            case _:
                continue
        weight = torch.randn(shape, generator=generator)
        found[f"{node.id}.weight"] = weight / weight[0].numel() ** 0.5
        if bias:
            found[f"{node.id}.bias"] = torch.rand(outputs, generator=generator) - 0.5
    return found


def arrays(weights: Mapping[str, Tensor]) -> Arrays:
    return {key: value.numpy() for key, value in weights.items()}


def models(graph: Graph, weights: Mapping[str, Tensor]) -> list[SectionFile]:
    """A model a section; all of them pass onnx's own checks."""
    sections = list(emit(graph, schedule(graph), arrays(weights), DIGEST, VERSION))
    for section in sections:
        onnx.checker.check_model(section.content, full_check=True)
    return sections


def ran(section: SectionFile, values: Mapping[str, NDArray[np.float32]]) -> Arrays:
    """What a model puts out, by name and in its order."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(section.content, options, providers=["CPUExecutionProvider"])
    assert [value.name for value in session.get_inputs()] == [value.name for value in section.inputs]
    assert [value.name for value in session.get_outputs()] == [value.name for value in section.outputs]
    return dict(zip((value.name for value in section.outputs), session.run(None, dict(values)), strict=True))


def assert_nothing_from_nothing(section: SectionFile) -> None:
    """A batch of no images is a batch, too."""
    nothing = {value.name: np.zeros((0, *value.shape), np.float32) for value in section.inputs}
    assert [array.shape for array in ran(section, nothing).values()] == [(0, *of.shape) for of in section.outputs]


def chained(sections: Iterable[SectionFile], images: NDArray[np.float32]) -> Iterator[Arrays]:
    """What one section after another puts out, each from what the one before left; all of the shapes they declare."""
    state = {"image": images}
    for section in sections:
        assert [value.name for value in section.inputs] == list(state)
        found = ran(section, state)
        assert [array.shape for array in found.values()] == [(len(images), *value.shape) for value in section.outputs]
        yield dict(found)
        found.pop("logits")
        state = found
    assert not state


def images(graph: Graph, count: int) -> Tensor:
    return torch.randn(count, *graph.image.extents, generator=torch.Generator().manual_seed(2))


def assert_close(found: NDArray[np.float32], expected: Tensor) -> None:
    """Equal to 1e-5 of the largest number."""
    torch.testing.assert_close(
        torch.from_numpy(found).double(), expected, rtol=0, atol=1e-5 * float(expected.abs().max()) + 1e-30
    )


def assert_right(graph: Graph, count: int = 2) -> None:
    """Logits and states of the sections, and of all in one, are what the graph says, and what it says once folded."""
    weights, batch = drawn(graph), images(graph, count)
    logits = said(graph, weights, batch)
    assert_form(graph, weights, batch, logits)
    plan = folded(graph)
    assert_form(plan.graph, folded_weights(weights, plan.folds), batch, logits)


def assert_export_right(graph: Graph, count: int = 2) -> None:
    """Logits and states of the sections of the folded graph, which alone is exported, are what the graph says."""
    weights, batch = drawn(graph), images(graph, count)
    plan = folded(graph)
    assert_sections(plan.graph, folded_weights(weights, plan.folds), batch, said(graph, weights, batch))


def said(graph: Graph, weights: Mapping[str, Tensor], batch: Tensor) -> list[Tensor]:
    """What the exits put out, in float64."""
    values = interpret(graph, doubled(weights), batch.double())
    return [values[exit.output] for exit in graph.exits]


def assert_form(graph: Graph, weights: Mapping[str, Tensor], batch: Tensor, logits: Sequence[Tensor]) -> None:
    assert_sections(graph, weights, batch, logits)
    together = whole(graph, schedule(graph), arrays(weights), DIGEST, VERSION)
    onnx.checker.check_model(together.content, full_check=True)
    found = ran(together, {"image": batch.numpy()})
    assert list(found) == [f"logits{number}" for number in range(1, len(logits) + 1)]
    for array, expected in zip(found.values(), logits, strict=True):
        assert_close(array, expected)


def assert_sections(graph: Graph, weights: Mapping[str, Tensor], batch: Tensor, logits: Sequence[Tensor]) -> None:
    planned = schedule(graph)
    values = interpret(graph, doubled(weights), batch.double())
    outputs = chained(models(graph, weights), batch.numpy())
    for section, found, expected in zip(planned.sections, outputs, logits, strict=True):
        assert list(found) == ["logits", *section.state]
        for array, value in zip(found.values(), (expected, *map(values.__getitem__, section.state)), strict=True):
            assert_close(array, value)


def doubled(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key: value.double() for key, value in weights.items()}
