"""The tables are complete, none of their lines is idle, and they name what a person finds at the place."""

from __future__ import annotations

import re

import pytest

from msdl import library
from msdl.compilation import Compilation
from msdl.interop.torchvision.keys import BRACES, entries
from msdl.interop.torchvision.tables import ALSO_CALLED, TABLES


def pairs(name: str) -> dict[str, str]:
    """torchvision's keys and ours."""
    return {entry.theirs: entry.ours or "" for entry in entries(Compilation.of(name))}


@pytest.mark.parametrize("name", TABLES)
def test_every_line_of_a_table_names_a_chain(name: str) -> None:
    chains = [key.rpartition(".")[0].rpartition(".")[0] for key in pairs(name).values()]
    used = {
        next(line for line in TABLES[name].chains if re.fullmatch(BRACES.sub(r"\\d+", re.escape(line)), chain))
        for chain in chains
    }
    assert used == {*TABLES[name].chains}


@pytest.mark.parametrize(
    ("network", "theirs", "ours"),
    [
        ("resnet18", "conv1.weight", "stem.0.weight"),
        ("resnet18", "layer2.0.bn1.running_var", "layer3.scale2.main.1.running_var"),
        ("resnet18", "layer2.0.downsample.0.weight", "layer3.scale2.skip.0.weight"),
        ("resnet50", "layer3.5.conv3.weight", "layer13.scale3.main.6.weight"),
        ("resnet50", "fc.bias", "exits.end.1.bias"),
        ("densenet121", "features.denseblock2.denselayer1.conv2.weight", "layer7.scale2.5.weight"),
        ("densenet121", "features.transition1.conv.weight", "between2.2.weight"),
        ("densenet121", "features.norm5.weight", "exits.end.0.weight"),
        ("mobilenet_v2", "features.1.conv.1.weight", "layer1.scale1.main.3.weight"),
        ("mobilenet_v2", "features.17.conv.0.0.weight", "layer17.scale7.wide.0.weight"),
        ("squeezenet1_1", "features.6.expand3x3.bias", "layer3.scale2.4.bias"),
        ("shufflenet_v2", "stage3.7.branch2.5.weight", "layer12.scale2.out.5.weight"),
        ("shufflenet_v2", "stage2.0.branch1.2.weight", "layer1.scale1.2.weight"),
        ("alexnet", "features.3.weight", "layer1.scale1.horizontal.0.weight"),
        ("vgg16", "features.28.bias", "layer13.scale5.0.bias"),
        ("googlenet", "inception4a.branch4.1.conv.weight", "layer3.scale1.horizontal.17.weight"),
        ("fcn_resnet50", "backbone.layer4.0.conv2.weight", "layer14.scale4.main.3.weight"),
        ("deeplabv3_resnet50", "aux_classifier.4.weight", "exits.aux.4.weight"),
    ],
)
def test_names(network: str, theirs: str, ours: str) -> None:
    assert pairs(network)[theirs] == ours


def test_the_networks_are_the_librarys() -> None:
    assert {*TABLES} <= {*library.specs()}
    assert {*ALSO_CALLED.values()} <= {*TABLES}
    assert not {*ALSO_CALLED} & {*library.specs()}
