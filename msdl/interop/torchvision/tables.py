"""Which module of torchvision is which layer of the library: one table a network, all of them data.

A chain of the library's network stands on the left; on the right, behind what they have in common, the modules of
torchvision that hold its convolutions, batch norms and linear layers, in this order:

    "layer{l}.scale{s}.main": "layer{s}.{i:-1}: conv1 bn1 conv2 bn2"        layer3.scale2.main.0 is layer2.0.conv1

Names in braces are the numbers of the chain's id; `i` is the place of its layer among those of its scale, from 1.
`{i:-1}` is one less, `{l:3 4 6 7}` the l-th of these words. A chain is named by the first line that fits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msdl.interop.weights import Pixels

# Means and deviations of ImageNet. Classifiers see the middle 224 pixels of pictures whose shorter side has 256;
# networks for dense prediction see all.
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGENET = Pixels(MEAN, STD, crop=224 / 256)
DENSE = Pixels(MEAN, STD)
# torchvision brings images of the usual normalisation to this by itself.
GOOGLE = Pixels((0.5, 0.5, 0.5), (0.5, 0.5, 0.5), crop=224 / 256)


@dataclass(frozen=True, slots=True)
class Table:
    """The names of one network.

    `unread` are modules of torchvision's checkpoints that classify during training alone and that the library's
    network has no exit for. `pixels` is what the published weights want, and `remark` what else whoever uses them has
    to know.
    """

    chains: Mapping[str, str]
    unread: tuple[str, ...] = ()
    pixels: Pixels = IMAGENET
    remark: str = ""


def _within(module: str, chains: Mapping[str, str]) -> dict[str, str]:
    """The same chains where torchvision has the network as a module of another."""
    return {chain: module + ("." if ": " in names else ": ") + names for chain, names in chains.items()}


RESIDUAL_STEM = {"stem": "conv1 bn1"}
SKIP = {"layer{l}.scale{s}.skip": "layer{s}.{i:-1}.downsample: 0 1"}
BASIC = {"layer{l}.scale{s}.main": "layer{s}.{i:-1}: conv1 bn1 conv2 bn2", **SKIP}
BOTTLENECK = {"layer{l}.scale{s}.main": "layer{s}.{i:-1}: conv1 bn1 conv2 bn2 conv3 bn3", **SKIP}
CLASSIFIER = {"exits.end": "fc"}

RESNET18 = Table({**RESIDUAL_STEM, **BASIC, **CLASSIFIER})
RESNET50 = Table({**RESIDUAL_STEM, **BOTTLENECK, **CLASSIFIER})

DENSENET = Table({
    "stem": "features: conv0 norm0",
    "layer{l}.scale{s}": "features.denseblock{s}.denselayer{i}: norm1 conv1 norm2 conv2",
    "between{s}": "features.transition{s:-1}: norm conv",
    "exits.end": "features.norm5 classifier",
})  # fmt: skip

MOBILENET_V2 = Table({
    "stem": "features.0: 0 1",
    "layer1.scale1.main": "features.1.conv: 0.0 0.1 1 2",
    "layer{l}.scale{s}.wide": "features.{l}.conv.0: 0 1",
    "layer{l}.scale{s}.main": "features.{l}.conv: 1.0 1.1 2 3",
    "exits.end": "features.18.0 features.18.1 classifier.1",
})  # fmt: skip

SQUEEZENET1_1 = Table({
    "stem": "features.0",
    "layer{l}.scale{s}": "features.{l:3 4 6 7 9 10 11 12}: squeeze expand1x1 expand3x3",
    "exits.end": "classifier.1",
})  # fmt: skip

SHUFFLENET_V2 = Table({
    "stem": "conv1: 0 1",
    "layer{l}.scale{s}":
        "stage{s:+1}.0: branch1.0 branch1.1 branch1.2 branch1.3"
        " branch2.0 branch2.1 branch2.3 branch2.4 branch2.5 branch2.6",
    "layer{l}.scale{s}.out": "stage{s:+1}.{i:-1}.branch2: 0 1 3 4 5 6",
    "exits.end": "conv5.0 conv5.1 fc",
})  # fmt: skip

ALEXNET = Table({
    "stem": "features.0",
    "layer{l}.scale{s}.horizontal": "features.{l:3 6 8 10}",
    "exits.end": "classifier: 1 4 6",
})  # fmt: skip

VGG16 = Table({
    "layer{l}.scale{s}": "features.{l:0 2 5 7 10 12 14 17 19 21 24 26 28}",
    "exits.end": "classifier: 0 3 6",
})  # fmt: skip

GOOGLENET = Table(
    {
        "stem": "conv1.conv conv1.bn conv2.conv conv2.bn conv3.conv conv3.bn",
        "layer{l}.scale{s}.horizontal":
            "inception{l:3a 3b 4a 4b 4c 4d 4e 5a 5b}: branch1.conv branch1.bn"
            " branch2.0.conv branch2.0.bn branch2.1.conv branch2.1.bn"
            " branch3.0.conv branch3.0.bn branch3.1.conv branch3.1.bn branch4.1.conv branch4.1.bn",
        "exits.end": "fc",
    },
    unread=("aux1", "aux2"),
    pixels=GOOGLE,
    remark="The weights that torchvision publishes for ImageNet want pixels as (x - 0.5) / 0.5, from -1 to 1;"
    " torchvision brings images of the usual normalisation to that by itself.",
)  # fmt: skip

BACKBONE = _within("backbone", {**RESIDUAL_STEM, **BOTTLENECK})
AUXILIARY = "aux_classifier"

FCN_RESNET50 = Table({**BACKBONE, "exits.end": "classifier: 0 1 4"}, unread=(AUXILIARY,), pixels=DENSE)

DEEPLABV3_RESNET50 = Table(
    {
        **BACKBONE,
        "exits.aux": f"{AUXILIARY}: 0 1 4",
        "exits.out.0.near": "classifier.0.convs.0: 0 1",
        "exits.out.0.far{n}": "classifier.0.convs.{n}: 0 1",
        "exits.out.0.whole": "classifier.0.convs.4: 1 2",
        "exits.out.0.out": "classifier.0.project: 0 1",
        "exits.out": "classifier: 1 2 4",
    },
    pixels=DENSE,
)

TABLES: Mapping[str, Table] = {
    "resnet18": RESNET18,
    "resnet50": RESNET50,
    "resnext50_32x4d": RESNET50,
    "densenet121": DENSENET,
    "mobilenet_v2": MOBILENET_V2,
    "squeezenet1_1": SQUEEZENET1_1,
    "shufflenet_v2": SHUFFLENET_V2,
    "alexnet": ALEXNET,
    "vgg16": VGG16,
    "googlenet": GOOGLENET,
    "fcn_resnet50": FCN_RESNET50,
    "deeplabv3_resnet50": DEEPLABV3_RESNET50,
}

# torchvision's names of networks that the library calls otherwise.
ALSO_CALLED = {"shufflenet_v2_x1_0": "shufflenet_v2"}
