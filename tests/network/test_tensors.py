"""The shapes told without torch are those of the compiled module's state_dict."""

from __future__ import annotations

import pytest

import msdl
from msdl.compilation import Compilation
from msdl.network.graph import Graph
from msdl.network.tensors import tensors
from msdl.runtime.load import built


def state_dict_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    return {f"{node.id}.{name}": shape for node in graph for name, shape in tensors(node.layer).items()}


@pytest.mark.parametrize("name", ["msdnet_cifar_anytime", "msdnet_imagenet", "resnet50", "densenet_bc"])
def test_shapes_are_those_of_the_module(name: str) -> None:
    module = msdl.compile(name)
    theirs = {key: tuple(tensor.shape) for key, tensor in module.state_dict().items()}
    assert state_dict_shapes(Compilation.of(name).network) == theirs


def test_transposed_convolutions_have_inputs_first() -> None:
    text = """
        network spread(classes = 4) {
          input 8 x 8 x 8
          stem deconv2x2(12, up = 2, groups = 4) bn deconv3x3(6, up = 2, bias)
          exit at end: deconv4x4(classes, bias) resize
        }
    """
    compilation = Compilation.of_text(text)
    shapes = state_dict_shapes(compilation.network)
    assert {key: shape for key, shape in shapes.items() if not key.startswith("stem.1.")} == {
        "stem.0.weight": (8, 3, 2, 2),
        "stem.2.weight": (12, 6, 3, 3),
        "stem.2.bias": (6,),
        "exits.end.0.weight": (6, 4, 4, 4),
        "exits.end.0.bias": (4,),
    }
    assert {key: tuple(tensor.shape) for key, tensor in built(compilation).state_dict().items()} == shapes


def test_grouped_convolutions_and_biases() -> None:
    text = """
        network grouped {
          input 8 x 8 x 8
          stem dwconv3x3 conv3x3(16, bias, groups = 4)
          exit at end: gap linear(10, nobias)
        }
    """
    assert state_dict_shapes(Compilation.of_text(text).network) == {
        "stem.0.weight": (8, 1, 3, 3),
        "stem.1.weight": (16, 2, 3, 3),
        "stem.1.bias": (16,),
        "exits.end.1.weight": (10, 16),
    }
