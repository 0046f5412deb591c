"""Laws that the port's flags have to keep together: one function each, which yields its breaches.

The port itself builds such networks; most of them fail with the first image, or mean something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msdl.diagnostics import Diagnostic, Label, error
from msdl.interop.msdnet_pytorch.flags import Spans
from msdl.interop.msdnet_pytorch.options import Options
from msdl.language.numbers import counted


def every_scale_has_its_factors(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """bnFactor has a number for every scale; the port reads no further ones."""
    scales, widths = options.scales, len(options.widths)
    if widths < scales:
        yield error(
            "MSD704",
            f"--bnFactor is shorter than --grFactor: {widths} and {scales}.",
            spans["bnFactor"],
            f"expected at least {scales}, one for every scale",
            "",
            Label(spans["grFactor"], f"{scales} here: the number of scales"),
        )


def growth_halves(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """Behind the finest scale, half of a layer's growth comes from the finer scale: it has to be even."""
    for scale, factor in enumerate(options.factors[1:], start=2):
        growth = options.growth * factor
        if growth % 2:
            yield error(
                "MSD701",
                f"The growth of scale {scale} can't be halved: {options.growth} * {factor} = {growth}.",
                spans["growthRate"],
                f"the port's two paths put out {growth // 2} + {growth // 2}, and what follows expects {growth}",
                f"--growthRate {options.growth + 1} would do",
                Label(spans["grFactor"], f"{factor} at scale {scale}"),
            )
            return


def prune_min_has_enough_layers(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """With `prune min` scale s lives in layers 1 to N - (S - s): the finest one's last layer is N - S + 1."""
    layers, scales = options.layers, options.scales
    if options.prune == "min" and layers < scales:
        yield error(
            "MSD702",
            f"--prune min needs as many layers as scales: {counted(layers, 'layer')} for {scales} scales.",
            spans["prune"],
            f"scale 1 would leave before the first layer: {layers} - {scales} + 1 = {layers - scales + 1}",
            "a larger --base would do, or --prune max",
            Label(spans["grFactor"], f"{scales} scales"),
            Label(spans["base"], f"--base, --step and --nBlocks come to {layers}"),
        )


def blocks_have_layers(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """Every block adds a layer: two exits at one place say the same."""
    if options.blocks > 1 and options.layers == options.base:
        yield error(
            "MSD704",
            f"The {options.blocks} exits of --nBlocks {options.blocks} would all stand at layer {options.base}.",
            spans["step"],
            "expected at least 1 with --stepmode even",
        )


def classifiers_leave_one_position(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """The port's linear layer takes a map of 1x1: the coarsest map has to be 5x5 to 12x12."""
    side, scale = options.coarsest_map, options.scales
    left = -(-side // 4) // 2
    if left == 1:
        return
    exits = "exit1 reads" if options.blocks == 1 else f"exit1 to exit{options.blocks} read"
    behind = f"{left}x{left}" if left else "nothing"
    size, (smallest, largest) = options.size, options.sizes
    yield error(
        "MSD703",
        f"The port can't classify images of {size}x{size}: {exits} scale {scale}, where the map is {side}x{side}.",
        spans["image-size"],
        f"two stride-2 convolutions and a 2x2 pool leave {behind} of {side}x{side}; the linear layer expects 1x1",
        f"sizes from {smallest} to {largest} would do",
    )


def reduction_leaves_maps(options: Options, spans: Spans) -> Iterator[Diagnostic]:
    """A transition keeps a feature map at least."""
    for layer, before, after in options.compressions:
        if not after:
            yield error(
                "MSD705",
                f"The transition after layer {layer} would keep nothing: floor({options.reduction} * {before}) = 0.",
                spans["reduction"],
                f"expected at least 1 / {before}",
                "--reduction 0 builds no transitions",
            )
            return


LAWS: tuple[Callable[[Options, Spans], Iterator[Diagnostic]], ...] = (
    every_scale_has_its_factors,
    growth_halves,
    prune_min_has_enough_layers,
    blocks_have_layers,
    classifiers_leave_one_position,
    reduction_leaves_maps,
)
