"""MSDNet as its PyTorch port builds it (kalviny/MSDNet-PyTorch at f654595): what msdl is measured against.

A layer is a module that takes the list of all live scales and returns that list anew, each the concatenation of what
was there with the new maps; every cell of every block is computed, and a classifier follows each block. The names of
modules are the port's, so that its checkpoints fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from msdl.interop.msdnet_pytorch.flags import read_flags
from msdl.interop.msdnet_pytorch.options import Options

ANYTIME = {"data": "cifar100", "nBlocks": 7, "base": 4, "stepmode": "even", "step": 2, "nChannels": 16}
BUDGETED = {"data": "cifar100", "nBlocks": 5, "base": 1, "stepmode": "lin_grow", "step": 1, "nChannels": 16}
BUDGETED7 = {**BUDGETED, "nBlocks": 7}
IMAGENET4 = {
    "data": "ImageNet", "nBlocks": 5, "base": 4, "stepmode": "even", "step": 4, "nChannels": 32, "growthRate": 16,
    "grFactor": "1-2-4-4", "bnFactor": "1-2-4-4",
}  # fmt: skip


def port(flags: Mapping[str, object]) -> Network:
    """The port's network with these flags, others at their defaults: called with images, it gives a list."""
    options, _, findings = read_flags(flags)
    if options is None:
        raise ValueError(f"not flags of the port: {[found.message for found in findings]}")
    return Network(options)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    ]


class Path(nn.Module):
    """A convolution, with a bottleneck before it where there is a width."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1, width: int = 0) -> None:
        super().__init__()
        inner = min(inputs, width * outputs)
        bottleneck = convolution(inputs, inner, 1) if width else []
        self.net = nn.Sequential(*bottleneck, *convolution(inner or inputs, outputs, kernel, stride))

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.net(x)
        return maps


class Finest(nn.Module):
    """The cell of a scale that no finer one feeds."""

    def __init__(self, horizontal: Path) -> None:
        super().__init__()
        self.conv_normal = horizontal

    def forward(self, x: Sequence[Tensor]) -> Tensor:
        return torch.cat([x[0], self.conv_normal(x[0])], dim=1)


class Fed(nn.Module):
    """The cell of a scale that the next finer one feeds."""

    def __init__(self, diagonal: Path, horizontal: Path) -> None:
        super().__init__()
        self.conv_down = diagonal
        self.conv_normal = horizontal

    def forward(self, x: Sequence[Tensor]) -> Tensor:
        return torch.cat([x[1], self.conv_down(x[0]), self.conv_normal(x[1])], dim=1)


def large_images(outputs: int) -> nn.Sequential:
    """The finest scale of images of ImageNet's size: a quarter of their sides."""
    return nn.Sequential(
        nn.Conv2d(3, outputs, 7, 2, padding=3),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, padding=1),
    )


class FirstLayer(nn.Module):
    """An image -> all scales."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        channels = [options.channels * factor for factor in options.factors]
        finest = large_images(channels[0]) if options.data == "ImageNet" else Path(3, channels[0])
        coarser = (Path(inputs, outputs, stride=2) for inputs, outputs in pairwise(channels))
        self.layers = nn.ModuleList([finest, *coarser])

    def forward(self, x: Tensor) -> list[Tensor]:
        maps = []
        for layer in self.layers:
            x = layer(x)
            maps.append(x)
        return maps


class Layer(nn.Module):
    """All scales, finest first -> all scales; the finest is gone where one more comes in than goes out."""

    def __init__(self, options: Options, maps: int, before: int, after: int) -> None:
        super().__init__()
        self.first = options.scales - after
        self.before, self.after = before, after
        self.layers = nn.ModuleList(self._cell(options, maps, scale) for scale in range(self.first, options.scales))

    def _cell(self, options: Options, maps: int, scale: int) -> nn.Module:
        outputs = options.growth * options.factors[scale]
        fed = scale > self.first or self.before > self.after

        def path(source: int, stride: int) -> Path:
            width = options.widths[source] if options.bottleneck else 0
            return Path(maps * options.factors[source], outputs // (1 + fed), stride=stride, width=width)

        return Fed(path(scale - 1, 2), path(scale, 1)) if fed else Finest(path(scale, 1))

    def forward(self, x: Sequence[Tensor]) -> list[Tensor]:
        gone = self.before - self.after
        inputs = [x[max(0, nth + gone - 1) : nth + gone + 1] for nth in range(self.after)]
        return [layer(pair) for layer, pair in zip(self.layers, inputs, strict=True)]


class Transition(nn.Module):
    """Compresses every scale by a 1x1 convolution."""

    def __init__(self, factors: Sequence[int], before: int, after: int) -> None:
        super().__init__()
        self.m = nn.ModuleList(Path(before * factor, after * factor, kernel=1) for factor in factors)

    def forward(self, x: Sequence[Tensor]) -> list[Tensor]:
        return [compress(maps) for compress, maps in zip(self.m, x, strict=True)]


class Classifier(nn.Module):
    """The coarsest scale -> logits."""

    def __init__(self, inputs: int, classes: int, inner: int) -> None:
        super().__init__()
        self.m = nn.Sequential(Path(inputs, inner, stride=2), Path(inner, inner, stride=2), nn.AvgPool2d(2))
        self.linear = nn.Linear(inner, classes)

    def forward(self, x: Sequence[Tensor]) -> Tensor:
        maps: Tensor = self.m(x[-1])
        logits: Tensor = self.linear(maps.view(maps.size(0), -1))
        return logits


class Network(nn.Module):
    """Blocks of layers, and a classifier behind each."""

    def __init__(self, options: Options) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        self.classifier = nn.ModuleList()
        modules: list[nn.Module] = [FirstLayer(options)]
        maps = options.channels
        for layer in range(1, options.layers + 1):
            modules.append(Layer(options, maps, *scales(options, layer)))
            maps += options.growth
            if kept := _kept(options, layer):
                modules.append(Transition(options.factors[-scales(options, layer)[1] :], maps, kept))
                maps = kept
            if layer in options.exits:
                self.blocks.append(nn.Sequential(*modules))
                inputs = maps * options.factors[-1]
                inner = inputs if options.data == "ImageNet" else 128
                self.classifier.append(Classifier(inputs, options.classes, inner))
                modules = []

    def forward(self, x: Tensor) -> list[Tensor]:
        logits = []
        for block, classifier in zip(self.blocks, self.classifier, strict=True):
            x = block(x)
            logits.append(classifier(x))
        return logits


def scales(options: Options, layer: int) -> tuple[int, int]:
    """How many scales are live before a layer, and after it."""
    if options.prune == "min":
        left = options.layers - layer
        return min(options.scales, left + 2), min(options.scales, left + 1)
    interval = math.ceil(options.layers / options.scales)
    return options.scales - max(0, layer - 2) // interval, options.scales - (layer - 1) // interval


def _kept(options: Options, layer: int) -> int:
    """The feature maps that the transition behind a layer leaves; 0 where there is none."""
    return next((after for place, _, after in options.compressions if place == layer), 0)
