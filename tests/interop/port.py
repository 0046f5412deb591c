"""What is known of the PyTorch port of MSDNet: sets of its flags, and the tensors that it builds for any."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from msdl.interop.msdnet_pytorch.options import Options

Flags = dict[str, Any]
Shape = tuple[int, ...]

CIFAR = {"nChannels": 16, "base": 4, "stepmode": "even", "step": 2}
ANYTIME = {"data": "cifar100", "nBlocks": 7, **CIFAR}
FOUR_SCALES = {"data": "ImageNet", "grFactor": "1-2-4-4", "bnFactor": "1-2-4-4"}

# By the names that tests/library/facts.py has for what they cost.
COSTED: dict[str, Flags] = {
    "cifar100_anytime_b7": ANYTIME,
    "cifar10_anytime_b10": {"nBlocks": 10, **CIFAR},
    "cifar100_budget_b5": {"data": "cifar100", "nBlocks": 5, "base": 1, "stepmode": "lin_grow", "nChannels": 16},
    "imagenet_step4": {**FOUR_SCALES, "nBlocks": 5, "stepmode": "even", "step": 4, "growthRate": 16},
    "cifar100_anytime_b7_min": {**ANYTIME, "prune": "min"},
    "cifar100_anytime_b7_red0": {**ANYTIME, "reduction": 0},
    "cifar100_anytime_b7_nobn": {**ANYTIME, "bottleneck": False},
}

# By the names of the reference's golden files, which hold weights and logits.
WEIGHED: dict[str, Flags] = {
    "p1_cifar10_s3_even_max": {
        "nBlocks": 3, "base": 2, "stepmode": "even", "step": 2, "nChannels": 6, "growthRate": 4,
    },
    "p2_cifar100_s3_lin_min": {
        "data": "cifar100", "nBlocks": 3, "base": 1, "nChannels": 4, "growthRate": 4, "prune": "min",
    },
    "p3_cifar10_s2_even_nobottleneck_red0": {
        "nBlocks": 2, "base": 3, "stepmode": "even", "step": 2, "nChannels": 8, "grFactor": "1-2", "bnFactor": "1-2",
        "reduction": 0, "bottleneck": False, "image-size": 20,
    },
    "p4_imagenet_s2_64px": {
        "data": "ImageNet", "nBlocks": 4, "base": 2, "stepmode": "even", "nChannels": 6, "growthRate": 4,
        "grFactor": "1-2", "bnFactor": "1-2", "image-size": 64,
    },
    "p5_imagenet_s4_lin_160px": {
        **FOUR_SCALES, "nBlocks": 3, "base": 1, "nChannels": 4, "growthRate": 4, "image-size": 160,
    },
}  # fmt: skip

# What the others leave out.
ODD: dict[str, Flags] = {
    "defaults": {},
    "one_scale": {"grFactor": "2", "bnFactor": "1", "image-size": 12, "nBlocks": 2},
    "one_layer": {"base": 1},
    "many_exits": {"nBlocks": 5, "step": 2, "base": 3},
    # 0.58 * 50 is 28.999999999999996 in floating point, and 28 is what the port keeps.
    "floating_point": {"reduction": 0.58, "base": 8, "nChannels": 32},
    "beyond_exact_numbers": {"reduction": 0.3333333333333333, "base": 8, "prune": "min"},
    "coarse_factors": {"grFactor": "3-6-12", "nChannels": 3, "growthRate": 2, "base": 8},
}


def tensors(options: Options) -> dict[str, Shape]:
    """The port's state_dict: keys and shapes, layer by layer as the port counts them."""
    shapes = dict(_stem(options))
    maps, layer = options.channels, 0
    for block in range(options.blocks):
        place = 1 if block == 0 else 0
        for _ in range(_layers_of_block(options, block)):
            layer += 1
            before, after = _scales(options, layer)
            shapes |= _layer(options, f"blocks.{block}.{place}", maps, before, after)
            maps, place = maps + options.growth, place + 1
            if options.reduction and _is_followed_by_a_transition(options, layer, before, after):
                kept = math.floor(1.0 * options.reduction * maps)
                for nth, factor in enumerate(options.factors[options.scales - after :]):
                    shapes |= _convolution(f"blocks.{block}.{place}.m.{nth}.net", maps * factor, kept * factor, 1)
                maps, place = kept, place + 1
        shapes |= _classifier(options, f"classifier.{block}", maps * options.factors[-1])
    return shapes


def _layers_of_block(options: Options, block: int) -> int:
    if block == 0:
        return options.base
    return options.step if options.stepmode == "even" else options.step * block + 1


def _scales(options: Options, layer: int) -> tuple[int, int]:
    """How many scales are live before a layer, and after it."""
    layers = sum(_layers_of_block(options, block) for block in range(options.blocks))
    if options.prune == "min":
        return min(options.scales, layers - layer + 2), min(options.scales, layers - layer + 1)
    interval = math.ceil(layers / options.scales)
    return options.scales - max(0, layer - 2) // interval, options.scales - (layer - 1) // interval


def _is_followed_by_a_transition(options: Options, layer: int, before: int, after: int) -> bool:
    layers = sum(_layers_of_block(options, block) for block in range(options.blocks))
    if options.prune == "max":
        return before > after
    return layer in (math.floor(1.0 * layers / 3), math.floor(2.0 * layers / 3))


def _stem(options: Options) -> Iterator[tuple[str, Shape]]:
    outputs = options.channels * options.factors[0]
    if options.data == "ImageNet":
        yield from _convolution("blocks.0.0.layers.0", 3, outputs, 7).items()
        yield "blocks.0.0.layers.0.0.bias", (outputs,)
    else:
        yield from _convolution("blocks.0.0.layers.0.net", 3, outputs, 3).items()
    for scale in range(1, options.scales):
        inputs, outputs = outputs, options.channels * options.factors[scale]
        yield from _convolution(f"blocks.0.0.layers.{scale}.net", inputs, outputs, 3).items()


def _layer(options: Options, module: str, maps: int, before: int, after: int) -> dict[str, Shape]:
    shapes: dict[str, Shape] = {}
    first = options.scales - after
    for nth, scale in enumerate(range(first, options.scales)):
        paths = {"conv_normal": scale}
        if scale > first or before > after:
            paths = {"conv_down": scale - 1, "conv_normal": scale}
        outputs = options.growth * options.factors[scale] // len(paths)
        for path, source in paths.items():
            inputs = maps * options.factors[source]
            net = f"{module}.layers.{nth}.{path}.net"
            if options.bottleneck:
                inner = min(inputs, options.widths[source] * outputs)
                shapes |= _convolution(net, inputs, inner, 1) | _convolution(net, inner, outputs, 3, 3)
            else:
                shapes |= _convolution(net, inputs, outputs, 3)
    return shapes


def _classifier(options: Options, module: str, channels: int) -> dict[str, Shape]:
    inner = channels if options.data == "ImageNet" else 128
    first, second = (
        _convolution(f"{module}.m.{n}.net", inputs, inner, 3) for n, inputs in enumerate((channels, inner))
    )
    linear = {f"{module}.linear.weight": (options.classes, inner), f"{module}.linear.bias": (options.classes,)}
    return first | second | linear


def _convolution(net: str, inputs: int, outputs: int, kernel: int, place: int = 0) -> dict[str, Shape]:
    """A convolution without bias, and the batch norm behind it."""
    norm = dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (outputs,))
    return {
        f"{net}.{place}.weight": (outputs, inputs, kernel, kernel),
        **{f"{net}.{place + 1}.{name}": shape for name, shape in norm.items()},
        f"{net}.{place + 1}.num_batches_tracked": (),
    }
