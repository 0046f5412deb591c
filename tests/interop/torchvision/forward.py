"""What torchvision's networks compute in evaluation mode, from their tensors by torchvision's keys.

Held against torchvision 0.29.2 itself: the same to the last bit in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Weights:
    """Tensors below a module; `at` goes further down."""

    tensors: Mapping[str, Tensor]
    module: str = ""
    eps: float = 1e-5

    def at(self, *names: object) -> Weights:
        return Weights(self.tensors, ".".join(filter(None, (self.module, *map(str, names)))), self.eps)

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[f"{self.module}.{name}"]

    def get(self, name: str) -> Tensor | None:
        return self.tensors.get(f"{self.module}.{name}")

    def conv(self, x: Tensor, stride: int = 1, dilation: int = 1) -> Tensor:
        """A convolution, padded to keep the size; one map in for many arriving means groups."""
        weight = self["weight"]
        padding = (weight.shape[-1] - 1) // 2 * dilation
        return functional.conv2d(x, weight, self.get("bias"), stride, padding, dilation, x.shape[1] // weight.shape[1])

    def norm(self, x: Tensor) -> Tensor:
        mean, var = self["running_mean"], self["running_var"]
        return functional.batch_norm(x, mean, var, self["weight"], self["bias"], eps=self.eps)

    def linear(self, x: Tensor) -> Tensor:
        return functional.linear(x.flatten(1), self["weight"], self["bias"])

    def has(self, name: str) -> bool:
        return any(key.startswith(f"{self.at(name).module}.") for key in self.tensors)

    def __len__(self) -> int:
        """How many modules are below it, counted from 0."""
        return next(n for n in range(1000) if not self.has(str(n)))


def _mean(x: Tensor) -> Tensor:
    return x.mean((2, 3))


# ResNet and ResNeXt


def _residual(w: Weights, x: Tensor, stride: int, dilation: int) -> Tensor:
    if w.has("conv3"):
        y = functional.relu(w.at("bn1").norm(w.at("conv1").conv(x)))
        y = functional.relu(w.at("bn2").norm(w.at("conv2").conv(y, stride, dilation)))
        y = w.at("bn3").norm(w.at("conv3").conv(y))
    else:
        y = functional.relu(w.at("bn1").norm(w.at("conv1").conv(x, stride)))
        y = w.at("bn2").norm(w.at("conv2").conv(y))
    skip = w.at("downsample")
    return functional.relu(y + (skip.at(1).norm(skip.at(0).conv(x, stride)) if w.has("downsample") else x))


def _residual_stages(w: Weights, x: Tensor, dilated: bool = False) -> list[Tensor]:
    """What stages 3 and 4 put out. Dilated, they keep the resolution, and their first blocks the dilation before."""
    x = functional.max_pool2d(functional.relu(w.at("bn1").norm(w.at("conv1").conv(x, 2))), 3, 2, 1)
    found, dilation = [], 1
    for stage in range(1, 5):
        before, stride = dilation, 1 if stage == 1 else 2
        if dilated and stage > 2:
            dilation, stride = dilation * 2, 1
        layer = w.at(f"layer{stage}")
        for block in range(len(layer)):
            first = block == 0
            x = _residual(layer.at(block), x, stride if first else 1, before if first else dilation)
        found.append(x)
    return found[2:]


def resnet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    return (w.at("fc").linear(_mean(_residual_stages(w, x)[-1])),)


# Dense prediction


def _head(w: Weights, x: Tensor, size: torch.Size) -> Tensor:
    """FCN's: two convolutions; what they give is brought to the image's size."""
    y = w.at(4).conv(functional.relu(w.at(1).norm(w.at(0).conv(x))))
    return functional.interpolate(y, size=size[2:], mode="bilinear", align_corners=False)


def _pyramid(w: Weights, x: Tensor) -> Tensor:
    branches = w.at("convs")
    first = branches.at(0)
    found = [functional.relu(first.at(1).norm(first.at(0).conv(x)))]
    for number, rate in enumerate((12, 24, 36), 1):
        branch = branches.at(number)
        found.append(functional.relu(branch.at(1).norm(branch.at(0).conv(x, dilation=rate))))
    pooled = branches.at(4)
    whole = functional.relu(pooled.at(2).norm(pooled.at(1).conv(x.mean((2, 3), keepdim=True))))
    found.append(functional.interpolate(whole, size=x.shape[2:], mode="bilinear", align_corners=False))
    return functional.relu(w.at("project", 1).norm(w.at("project", 0).conv(torch.cat(found, 1))))


def fcn(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    _, last = _residual_stages(w.at("backbone"), x, dilated=True)
    return (_head(w.at("classifier"), last, x.shape),)


def deeplab(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    third, last = _residual_stages(w.at("backbone"), x, dilated=True)
    head = w.at("classifier")
    y = head.at(4).conv(functional.relu(head.at(2).norm(head.at(1).conv(_pyramid(head.at(0), last)))))
    out = functional.interpolate(y, size=x.shape[2:], mode="bilinear", align_corners=False)
    return _head(w.at("aux_classifier"), third, x.shape), out


# Other classifiers


def densenet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    w, head = w.at("features"), w.at("classifier")
    x = functional.max_pool2d(functional.relu(w.at("norm0").norm(w.at("conv0").conv(x, 2))), 3, 2, 1)
    for stage, depth in enumerate((6, 12, 24, 16), 1):
        for number in range(1, depth + 1):
            layer = w.at(f"denseblock{stage}", f"denselayer{number}")
            y = layer.at("conv1").conv(functional.relu(layer.at("norm1").norm(x)))
            x = torch.cat([x, layer.at("conv2").conv(functional.relu(layer.at("norm2").norm(y)))], 1)
        if stage < 4:
            transition = w.at(f"transition{stage}")
            x = functional.avg_pool2d(transition.at("conv").conv(functional.relu(transition.at("norm").norm(x))), 2)
    return (head.linear(_mean(functional.relu(w.at("norm5").norm(x)))),)


def mobilenet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    def convolved(w: Weights, x: Tensor, stride: int = 1) -> Tensor:
        return functional.relu6(w.at(1).norm(w.at(0).conv(x, stride)))

    features = w.at("features")
    x = convolved(features.at(0), x, 2)
    for block in range(1, 18):
        *wide, narrow, norm = (features.at(block, "conv", n) for n in range(3 if block == 1 else 4))
        stride = 2 if block in (2, 4, 7, 14) else 1
        y = x
        for place, layer in enumerate(wide, 1):
            y = convolved(layer, y, stride if place == len(wide) else 1)
        y = norm.norm(narrow.conv(y))
        x = x + y if stride == 1 and x.shape == y.shape else y
    return (w.at("classifier", 1).linear(_mean(convolved(features.at(18), x))),)


def squeezenet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    features = w.at("features")
    x = functional.relu(functional.conv2d(x, features.at(0)["weight"], features.at(0)["bias"], 2))
    for place in range(2, 13):
        if place in (2, 5, 8):
            x = functional.max_pool2d(x, 3, 2, ceil_mode=True)
        else:
            fire = features.at(place)
            y = functional.relu(fire.at("squeeze").conv(x))
            x = torch.cat([functional.relu(fire.at(name).conv(y)) for name in ("expand1x1", "expand3x3")], 1)
    return (_mean(functional.relu(w.at("classifier", 1).conv(x))),)


def shufflenet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    def branch(w: Weights, x: Tensor, convolutions: int, stride: int) -> Tensor:
        """The depthwise one, which has the stride, is the only one without a ReLU."""
        place = 0
        for number in range(convolutions):
            depthwise = number == convolutions - 2
            x = w.at(place + 1).norm(w.at(place).conv(x, stride if depthwise else 1))
            x, place = (x, place + 2) if depthwise else (functional.relu(x), place + 3)
        return x

    x = functional.max_pool2d(functional.relu(w.at("conv1", 1).norm(w.at("conv1", 0).conv(x, 2))), 3, 2, 1)
    for stage in (2, 3, 4):
        for number in range(len(w.at(f"stage{stage}"))):
            unit = w.at(f"stage{stage}", number)
            if number == 0:
                halves = branch(unit.at("branch1"), x, 2, 2), branch(unit.at("branch2"), x, 3, 2)
            else:
                kept, changed = x.chunk(2, 1)
                halves = kept, branch(unit.at("branch2"), changed, 3, 1)
            x = torch.stack(halves, 2).flatten(1, 2)
    return (w.at("fc").linear(_mean(functional.relu(w.at("conv5", 1).norm(w.at("conv5", 0).conv(x))))),)


def googlenet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    w = Weights(w.tensors, eps=0.001)
    halve = partial(functional.max_pool2d, kernel_size=3, stride=2, ceil_mode=True)

    def convolved(w: Weights, x: Tensor, stride: int = 1) -> Tensor:
        return functional.relu(w.at("bn").norm(w.at("conv").conv(x, stride)))

    x = halve(convolved(w.at("conv1"), x, 2))
    x = halve(convolved(w.at("conv3"), convolved(w.at("conv2"), x)))
    for name in "3a 3b 4a 4b 4c 4d 4e 5a 5b".split():
        block = w.at(f"inception{name}")
        pairs = [convolved(block.at(f"branch{n}", 1), convolved(block.at(f"branch{n}", 0), x)) for n in (2, 3)]
        pooled = convolved(block.at("branch4", 1), functional.max_pool2d(x, 3, 1, 1))
        x = torch.cat([convolved(block.at("branch1"), x), *pairs, pooled], 1)
        if name == "3b":
            x = halve(x)
        elif name == "4e":
            x = functional.max_pool2d(x, 2, 2, ceil_mode=True)
    return (w.at("fc").linear(_mean(x)),)


def _classified(w: Weights, x: Tensor, *places: int) -> Tensor:
    *hidden, last = (w.at("classifier", place) for place in places)
    for layer in hidden:
        x = functional.relu(layer.linear(x))
    return last.linear(x)


def alexnet(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    first, *others = (w.at("features", place) for place in (0, 3, 6, 8, 10))
    x = functional.max_pool2d(functional.relu(functional.conv2d(x, first["weight"], first["bias"], 4, 2)), 3, 2)
    for number, layer in enumerate(others, 2):
        x = functional.relu(layer.conv(x))
        if number in (2, 5):
            x = functional.max_pool2d(x, 3, 2)
    return (_classified(w, functional.adaptive_avg_pool2d(x, 6), 1, 4, 6),)


def vgg(w: Weights, x: Tensor) -> tuple[Tensor, ...]:
    features = w.at("features")
    for place in range(31):
        if features.has(str(place)):
            x = functional.relu(features.at(place).conv(x))
        elif not features.has(str(place - 1)):
            x = functional.max_pool2d(x, 2)
    return (_classified(w, functional.adaptive_avg_pool2d(x, 7), 0, 3, 6),)


FORWARD: dict[str, Callable[[Weights, Tensor], tuple[Tensor, ...]]] = {
    "resnet18": resnet,
    "resnet50": resnet,
    "resnext50_32x4d": resnet,
    "densenet121": densenet,
    "mobilenet_v2": mobilenet,
    "squeezenet1_1": squeezenet,
    "shufflenet_v2": shufflenet,
    "alexnet": alexnet,
    "vgg16": vgg,
    "googlenet": googlenet,
    "fcn_resnet50": fcn,
    "deeplabv3_resnet50": deeplab,
}
