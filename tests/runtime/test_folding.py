"""Folded weights: a folded graph with them says what the graph said, by a second opinion."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from msdl.compilation import Compilation
from msdl.network.folding import folded
from msdl.network.tensors import tensors
from msdl.runtime.folding import STATISTICS, folded_weights
from tests.backends.interpreter import interpret
from tests.laws.sketches import SKETCHES, Sketch
from tests.laws.words import compiled

TEXT = """
network odd {
  input 3 x 8 x 8
  scales 2
  stem conv3x3(4, bias) bn(eps = 0.1) dropout(0.1) dropout(0.2) relu  dwconv3x3 dropout(0.3) bn
  vertical conv3x3(6, groups = 2) bn bn
  exit at end: conv1x1(5, bias) bn gap linear(3)
}
"""


def weights(compilation: Compilation) -> dict[str, Tensor]:
    """Weights for every node, drawn, variances above 0."""
    generator = torch.Generator().manual_seed(3)
    drawn: dict[str, Tensor] = {}
    for node in compilation.network:
        for name, shape in tensors(node.layer).items():
            if name == "num_batches_tracked":
                drawn[f"{node.id}.{name}"] = torch.tensor(7)
                continue
            values = torch.rand(shape, generator=generator, dtype=torch.float64)
            drawn[f"{node.id}.{name}"] = values + 0.2 if name == "running_var" else values - 0.5
    return drawn


def assert_the_same(compilation: Compilation) -> None:
    graph, given = compilation.network, weights(compilation)
    found = folded(graph)
    kept = folded_weights(given, found.folds)
    assert {key: tuple(value.shape) for key, value in kept.items()} == {
        f"{node.id}.{name}": shape for node in found.graph for name, shape in tensors(node.layer).items()
    }
    images = torch.randn(2, *graph.image.extents, generator=torch.Generator().manual_seed(4), dtype=torch.float64)
    before, after = interpret(graph, given, images), interpret(found.graph, kept, images)
    for exit, was in zip(found.graph.exits, graph.exits, strict=True):
        torch.testing.assert_close(after[exit.output], before[was.output], rtol=1e-9, atol=1e-9)


def test_biases_epsilons_groups_and_dropouts() -> None:
    assert_the_same(Compilation.of_text(TEXT))


@settings(max_examples=25, derandomize=True, deadline=None)
@given(SKETCHES)
def test_the_same_logits(sketch: Sketch) -> None:
    assert_the_same(compiled(sketch.text))


def test_the_weights_given_are_left_alone_and_of_their_kind() -> None:
    compilation = Compilation.of_text(TEXT)
    given = {key: value.float() if value.is_floating_point() else value for key, value in weights(compilation).items()}
    before = {key: value.clone() for key, value in given.items()}
    kept = folded_weights(given, folded(compilation.network).folds)
    assert given.keys() == before.keys()
    assert all(torch.equal(given[key], before[key]) for key in before)
    assert {value.dtype for key, value in kept.items() if not key.endswith("num_batches_tracked")} == {torch.float32}


@pytest.mark.parametrize("name", STATISTICS[:4])
def test_a_batch_norm_without_statistics(name: str) -> None:
    compilation = Compilation.of_text(TEXT)
    given = weights(compilation)
    del given[f"stem.1.{name}"]
    with pytest.raises(KeyError, match=r"^'stem\.1 has no statistics'$"):
        folded_weights(given, folded(compilation.network).folds)
