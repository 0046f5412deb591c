"""torchvision's state_dicts become weights: every tensor in its place, and what has none is named."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from msdl.compilation import Compilation
from msdl.diagnostics import SpecError
from msdl.interop.fit import COUNTER
from msdl.interop.torchvision import ForeignNetwork, Misfitting, convert, left_out
from msdl.interop.torchvision.tables import TABLES
from msdl.network.tensors import tensors
from msdl.runtime.load import execute
from tests.interop.torchvision.forward import FORWARD, Weights
from tests.interop.torchvision.published import shapes, state_dict

SIDE = 65
SEGMENTING = ("fcn_resnet50", "deeplabv3_resnet50")
# Modules of torchvision's checkpoints that the library's networks do without.
AUXILIARY = {"googlenet": {"aux1", "aux2"}, "fcn_resnet50": {"aux_classifier"}}
# Their linear layers hold up to a hundred million numbers.
LARGE = ("alexnet", "vgg16")


def compiled(name: str, classes: int, exit: str | None = None) -> Compilation:
    size = {"rows": SIDE, "cols": SIDE} if name in SEGMENTING else {"size": SIDE}
    return Compilation.of(name, exit=exit, classes=classes, **size)


@cache
def published(name: str, exit: str | None = None) -> Compilation:
    """With as many classes as torchvision's own weights."""
    return Compilation.of(name, exit=exit)


def placeholders(name: str) -> dict[str, Tensor]:
    """torchvision's state_dict without its numbers."""
    return {key: torch.empty(shape, device="meta") for key, shape in shapes(name).items()}


def ours(compilation: Compilation) -> dict[str, tuple[int, ...]]:
    """The state_dict of the compiled module."""
    return {f"{node.id}.{name}": shape for node in compilation.network for name, shape in tensors(node.layer).items()}


@pytest.mark.parametrize("name", TABLES)
def test_every_tensor_finds_its_place(name: str) -> None:
    """None is used twice, and none is left out but those of auxiliary classifiers."""
    theirs, compilation = placeholders(name), published(name)
    found = convert(theirs, compilation)
    assert {key: tuple(tensor.shape) for key, tensor in found.items()} == ours(compilation)
    used, left = {id(tensor) for tensor in found.values()}, left_out(theirs, compilation)
    assert len(used) == len(found)
    assert {key for key, tensor in theirs.items() if id(tensor) not in used} == {*left}
    assert {key.partition(".")[0] for key in left} == AUXILIARY.get(name, set())


@pytest.mark.parametrize("name", [name for name in FORWARD if name not in LARGE])
def test_the_network_computes_what_torchvisions_does(name: str) -> None:
    assert_same_outputs(name, torch.float64)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_network_computes_what_torchvisions_does(name: str) -> None:
    assert_same_outputs(name, torch.float32)


def assert_same_outputs(name: str, dtype: torch.dtype) -> None:
    """Random weights, so that two tensors of one shape can't change places unseen."""
    theirs = state_dict(name, classes=7)
    compilation = compiled(name, classes=7)
    model = execute(compilation.emit(), "torchvision").Network().eval().to(dtype)
    model.load_state_dict(convert(theirs, compilation), strict=True)
    image = torch.rand(1, 3, SIDE, SIDE, dtype=dtype) * 2 - 1
    with torch.no_grad():
        expected = FORWARD[name](Weights({key: tensor.to(dtype) for key, tensor in theirs.items()}), image)
        found = model(image)
    assert [output.shape for output in found] == [output.shape for output in expected]
    for mine, wanted in zip(found, expected, strict=True):
        assert wanted.std() > 0.01
        torch.testing.assert_close(mine, wanted)


# What differs

FIVE_LAYERS = """
network alexnet {
  input 3 x 8 x 8
  stem conv3x3(4, bias)
  layers 5 { horizontal conv3x3(4, bias) }
  exit at end: linear(2)
}
"""


def test_counters_that_old_checkpoints_lack() -> None:
    theirs = {key: tensor for key, tensor in placeholders("resnet18").items() if not key.endswith(COUNTER)}
    counters = [tensor for key, tensor in convert(theirs, published("resnet18")).items() if key.endswith(COUNTER)]
    assert len(counters) == 20
    assert all(tensor.dtype == torch.int64 and tensor.item() == 0 for tensor in counters)


def test_another_number_of_classes() -> None:
    with pytest.raises(Misfitting) as caught:
        convert(placeholders("resnet18"), compiled("resnet18", classes=10))
    assert str(caught.value).splitlines() == [
        "The checkpoint's tensors are not this network's: 2 misshapen.",
        "misshapen: fc.weight is 1000x512, not 10x512",
        "misshapen: fc.bias is 1000, not 10",
        "the checkpoint has 1000 classes, this network 10: --set classes=1000",
    ]


def test_another_number_of_classes_at_every_exit() -> None:
    with pytest.raises(Misfitting, match="the checkpoint has 21 classes, this network 5: --set classes=21"):
        convert(placeholders("deeplabv3_resnet50"), compiled("deeplabv3_resnet50", classes=5))


def test_no_number_of_classes_would_do() -> None:
    """ResNeXt's 3x3 convolutions are grouped: not the head alone differs."""
    with pytest.raises(Misfitting) as caught:
        convert(placeholders("resnext50_32x4d"), compiled("resnet50", classes=10))
    assert caught.value.hint == ""


def test_an_exit_without_weights() -> None:
    """DeepLab may have been trained without its auxiliary classifier."""
    theirs = {key: t for key, t in placeholders("deeplabv3_resnet50").items() if not key.startswith("aux_classifier")}
    with pytest.raises(Misfitting, match="the checkpoint has no weights for aux: --exit out does without"):
        convert(theirs, published("deeplabv3_resnet50"))
    alone = published("deeplabv3_resnet50", "out")
    assert {key: tuple(tensor.shape) for key, tensor in convert(theirs, alone).items()} == ours(alone)


def test_an_exit_that_is_not_wanted() -> None:
    theirs, alone = placeholders("deeplabv3_resnet50"), published("deeplabv3_resnet50", "out")
    assert convert(theirs, alone).keys() == ours(alone).keys()
    assert {key.partition(".")[0] for key in left_out(theirs, alone)} == {"aux_classifier"}


def test_an_exit_of_which_a_part_is_missing() -> None:
    theirs = placeholders("deeplabv3_resnet50")
    del theirs["aux_classifier.4.bias"]
    with pytest.raises(Misfitting) as caught:
        convert(theirs, published("deeplabv3_resnet50"))
    assert (caught.value.missing, caught.value.hint) == (("aux_classifier.4.bias",), "")


def test_every_misfit_is_named() -> None:
    theirs = placeholders("squeezenet1_1")
    del theirs["features.3.squeeze.bias"]
    theirs["features.0.weight"] = torch.zeros(64, 3, 7, 7)
    theirs["fc.weight"] = torch.zeros(2, 3)
    with pytest.raises(Misfitting) as caught:
        convert(theirs, published("squeezenet1_1"))
    assert caught.value.lines == (
        "missing: features.3.squeeze.bias, 16",
        "unexpected: fc.weight, 2x3",
        "misshapen: features.0.weight is 64x3x7x7, not 64x3x3x3",
    )


def test_nothing_is_left_out_in_silence() -> None:
    """What another network would leave out is unexpected here."""
    with pytest.raises(Misfitting) as caught:
        convert({**placeholders("resnet18"), "aux1.fc1.bias": torch.zeros(1024)}, published("resnet18"))
    assert caught.value.unexpected == ("aux1.fc1.bias",)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("network other { input 3 x 8 x 8; stem conv3x3(4); exit at end: gap linear(2) }", "'other' is none of"),
        ("network resnet18 { input 3 x 8 x 8; stem conv3x3(4); exit at end: gap linear(2) }", "1 layer with tensors"),
        ("network alexnet { input 3 x 8 x 8; stem conv3x3(4); exit a at end: gap linear(2) }", "of 'exits.a'"),
        (FIVE_LAYERS, "4 layers, this one at least 5"),
    ],
)
def test_networks_that_are_not_torchvisions(spec: str, words: str) -> None:
    with pytest.raises(ForeignNetwork, match=words):
        convert({}, Compilation.of_text(spec))


def test_a_spec_with_mistakes() -> None:
    with pytest.raises(SpecError):
        convert({}, Compilation.of_text("network resnet18 { }"))


@pytest.mark.parametrize("given", [{"model": {}, "epoch": 3}, {1: torch.zeros(1)}])
def test_what_is_no_state_dict(given: Mapping[Any, Any]) -> None:
    with pytest.raises(TypeError, match="a state_dict has tensors by name"):
        convert(given, published("resnet18"))
