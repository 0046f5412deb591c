"""The port's state_dict becomes msdl's: every tensor in its place, and every one that has none is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from msdl.compilation import Compilation
from msdl.diagnostics import SpecError
from msdl.interop.fit import COUNTER
from msdl.interop.msdnet_pytorch import ForeignNetwork, Misfitting, convert, translate
from msdl.interop.msdnet_pytorch.keys import entries
from msdl.runtime.load import execute
from tests.interop.port import ODD, WEIGHED, Flags

SMALL: Flags = {"nBlocks": 2, "base": 2, "step": 1, "nChannels": 4, "growthRate": 4}


def random(compilation: Compilation) -> dict[str, Tensor]:
    """A checkpoint of the port for this network: no two tensors alike."""
    torch.manual_seed(0)
    return {entry.theirs: torch.randn(entry.shape) for entry in entries(compilation)}


GRID = """
import "blocks.msd"
network other(classes = 10, size = 32) {
  input 3 x size x size
  scales 3 { init 8, 16, 32; growth 4, 8, 16 }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 4 dense(growth) {
    diagonal   h(share, 2)/2
    horizontal h(share, 2)
  }
  reduce at 2: conv1x1(compress(0.5)) bn relu
  exits at 2, 4: classifier(128, classes)
}
"""

NETWORKS: dict[str, Callable[[], Compilation]] = {
    **{name: lambda flags=flags: translate(flags) for name, flags in {**WEIGHED, **ODD}.items()},
    **{
        name: lambda name=name: Compilation.of(name)
        for name in ("msdnet_cifar_anytime", "msdnet_cifar_unreduced", "msdnet_imagenet", "ablation_full")
    },
    "seven classes, other sizes": lambda: Compilation.of("msdnet_cifar_budgeted", K=3, classes=7, size=40),
    "written by hand": lambda: Compilation.of_text(GRID),
    "one exit": lambda: Compilation.of("msdnet_cifar_anytime", exit=2),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_tensor_finds_its_place(name: str) -> None:
    """None is used twice, none is left out but those of cells that no exit needs, and the module takes them all."""
    compilation = NETWORKS[name]()
    theirs = random(compilation)
    ours = convert(theirs, compilation)
    assert len({id(tensor) for tensor in ours.values()}) == len(ours)
    assert {key: tuple(tensor.shape) for key, tensor in ours.items()} == {
        key: tuple(tensor.shape) for key, tensor in execute(compilation.emit(), "port").Network().state_dict().items()
    }
    used = {id(tensor) for tensor in ours.values()}
    idle = {entry.theirs for entry in entries(compilation) if entry.ours is None}
    assert {key for key, tensor in theirs.items() if id(tensor) not in used} == idle


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("blocks.0.0.layers.0.net.0.weight", "stem.0.weight"),
        ("blocks.0.0.layers.2.net.1.bias", "layer0.scale3.vertical.1.bias"),
        ("blocks.0.1.layers.0.conv_normal.net.3.weight", "layer1.scale1.horizontal.3.weight"),
        ("blocks.0.2.layers.2.conv_down.net.0.weight", "layer2.scale3.diagonal.0.weight"),
        ("blocks.1.0.layers.0.conv_down.net.4.running_mean", "layer3.scale2.diagonal.4.running_mean"),
        ("blocks.1.0.layers.1.conv_down.net.3.weight", "layer3.scale3.diagonal.3.weight"),
        ("blocks.1.1.m.1.net.0.weight", "layer3.scale3.transition.0.weight"),
        ("blocks.1.2.layers.0.conv_normal.net.0.weight", "layer4.scale2.horizontal.0.weight"),
        ("blocks.2.0.layers.0.conv_down.net.3.weight", "layer5.scale3.diagonal.3.weight"),
        ("blocks.2.2.layers.0.conv_normal.net.3.weight", "layer6.scale3.horizontal.3.weight"),
        ("classifier.1.m.1.net.0.weight", "exits.layer4.3.weight"),
        ("classifier.2.linear.bias", "exits.layer6.7.bias"),
    ],
)
def test_names(theirs: str, ours: str) -> None:
    found = {entry.theirs: entry.ours for entry in entries(translate(WEIGHED["p1_cifar10_s3_even_max"]))}
    assert found[theirs] == ours


def test_the_stem_for_imagenet() -> None:
    found = {entry.theirs: entry.ours for entry in entries(translate(WEIGHED["p4_imagenet_s2_64px"]))}
    assert found["blocks.0.0.layers.0.0.bias"] == "stem.0.bias"
    assert found["blocks.0.0.layers.1.net.0.weight"] == "layer0.scale2.vertical.0.weight"


def test_cells_that_no_exit_needs_are_expected_and_left_out() -> None:
    """The port computes scale 3 of layer 6, where scale 4 alone is read."""
    compilation = translate(WEIGHED["p5_imagenet_s4_lin_160px"])
    theirs = random(compilation)
    idle = "blocks.2.3.layers.0.conv_normal.net.0.weight"
    assert not any(key.startswith("layer6.scale3.") for key in convert(theirs, compilation))
    del theirs[idle]
    with pytest.raises(Misfitting) as caught:
        convert(theirs, compilation)
    assert caught.value.missing == (idle,)


def test_keys_of_a_parallel_module() -> None:
    compilation = translate(SMALL)
    theirs = random(compilation)
    expected = convert(theirs, compilation)
    found = convert({f"module.{key}": tensor for key, tensor in theirs.items()}, compilation)
    assert found.keys() == expected.keys()
    assert all(found[key] is expected[key] for key in found)


def test_old_checkpoints_lack_the_counters_of_batch_norm() -> None:
    compilation = translate(SMALL)
    theirs = {key: tensor for key, tensor in random(compilation).items() if not key.endswith(COUNTER)}
    counters = [tensor for key, tensor in convert(theirs, compilation).items() if key.endswith(COUNTER)]
    assert counters
    assert all(tensor.dtype == torch.int64 and tensor.item() == 0 for tensor in counters)


def test_every_misfit_is_named_with_its_shapes() -> None:
    compilation = translate(SMALL)
    theirs = random(compilation)
    del theirs["classifier.0.linear.bias"]
    theirs["fc.weight"] = torch.zeros(2, 3)
    theirs["fc.steps"] = torch.zeros(())
    theirs["classifier.1.linear.weight"] = torch.zeros(7, 128)
    with pytest.raises(Misfitting) as caught:
        convert(theirs, compilation)
    error = caught.value
    assert (error.missing, error.unexpected, error.misshapen) == (
        ("classifier.0.linear.bias",),
        ("fc.weight", "fc.steps"),
        ("classifier.1.linear.weight",),
    )
    assert str(error).splitlines() == [
        "The checkpoint's tensors are not this network's: 1 missing, 2 unexpected, 1 misshapen.",
        "missing: classifier.0.linear.bias, 10",
        "unexpected: fc.weight, 2x3",
        "unexpected: fc.steps, a number",
        "misshapen: classifier.1.linear.weight is 7x128, not 10x128",
    ]


def test_bottlenecks_where_none_were_asked_for() -> None:
    """The port reads `--bottleneck False` as True."""
    with pytest.raises(Misfitting, match="the port itself reads every text behind --bottleneck as True"):
        convert(random(translate(SMALL)), translate({**SMALL, "bottleneck": False}))
    with pytest.raises(Misfitting) as caught:
        convert(random(translate({**SMALL, "bottleneck": False})), translate(SMALL))
    assert caught.value.hint == ""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stem     conv3x3(init) bn relu", "stem conv5x5(init) bn relu", "'stem' is 'conv5x5 bn relu'"),
        ("conv3x3(init) bn relu", "conv7x7(init) bn relu", "where the port has 'conv3x3 bn relu' or 'conv7x7(bias)/2"),
        ("vertical conv3x3(init)/2 bn relu", "vertical conv3x3(init)/2 bn", "'layer0.scale2.vertical' is 'conv3x3/2"),
        ("h(share, 2)/2", "conv3x3(share)/2 bn elu", "where the port has 'conv1x1 bn relu conv3x3/2 bn relu' or"),
        ("bn relu\n  exits", "bn(eps = 0.1) relu\n  exits", "'layer3.scale2.transition' is 'conv1x1 BatchNorm"),
        ("diagonal   h(share, 2)/2", "", "unexpected"),
        ("dense(growth) {", "dense(growth) { then relu", "is the concat of stem.2, layer1.scale1.then.0;"),
        ("diagonal   h(share, 2)/2\n    horizontal h(share, 2)", "horizontal h(share, 2); diagonal h(share, 2)/2",
         "diagonal and horizontal, in this order"),
        ("horizontal h(share, 2)", "horizontal identity", "is the concat of stem.2, stem.2;"),
        ("dense(growth)", "plain(growth)", "drops what was there before; the port's layers are dense"),
        ("layers 4", "layers 5", "exits stand at 2, 4; the port has one behind each block, the last at layer 5"),
        ("exits at 2", "exits at 0, 2", "exits stand at 0, 2, 4"),
        ("exits at 2", "exit at 3 on scale 2: classifier(128, classes); exits at 2", "exit2 reads scale 2"),
        ("classifier(128", "gap linear(classes) # (128", "'exits.layer2' is"),
        ("reduce at", "transition at 3: conv1x1(8) bn relu; reduce at", "to 'layer3.scale2.transition_2'"),
        ("conv3x3(init) bn relu\n  v", "conv3x3(init, groups = 1, dilation = 2) bn relu\n  v", "'stem' is 'Conv("),
    ],
)  # fmt: skip
def test_networks_that_the_port_cannot_build(old: str, new: str, words: str) -> None:
    assert old in GRID
    compilation = Compilation.of_text(GRID.replace(old, new, 1))
    theirs = random(Compilation.of_text(GRID))
    with pytest.raises((ForeignNetwork, Misfitting)) as caught:
        convert(theirs, compilation)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["resnet18", "densenet_bc", "ablation_without_dense", "ablation_vgg_like"])
def test_other_networks_of_the_library(name: str) -> None:
    with pytest.raises(ForeignNetwork):
        convert({}, Compilation.of(name))


def test_a_spec_with_mistakes() -> None:
    with pytest.raises(SpecError):
        convert({}, Compilation.of_text("network n { }"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"state_dict": {}, "epoch": 3}, "'state_dict' is a dict; the state_dict lies under it"),
        ({"epoch": 3}, "'epoch' is a int"),
        ({1: torch.zeros(1)}, "1 is a Tensor"),
    ],
)
def test_what_is_no_state_dict(given: dict[Any, Any], words: str) -> None:
    with pytest.raises(TypeError, match=words):
        convert(given, Compilation.of("msdnet_cifar_anytime"))
