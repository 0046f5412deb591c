"""The port's options -> a spec that a person reads, with the same meaning."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from msdl.interop.msdnet_pytorch.options import Options
from msdl.language.format import format_text
from msdl.language.numbers import LARGEST, counted
from msdl.source import Source

WIDEST_COMMENT = 120
# Up to here the layers themselves read better than the rule behind them.
LONGEST_LIST = 3

CLASSIFIER_CHANNELS = {"cifar10": "128", "cifar100": "128", "ImageNet": "channels"}
STEMS = {
    "cifar10": "conv3x3(init) bn relu",
    "cifar100": "conv3x3(init) bn relu",
    "ImageNet": "conv7x7(init, bias)/2 bn relu maxpool3x3/2  # a bias before a bn: the port has it",
}
PRUNED = "  # --prune min: fine scales leave where no exit needs them any more"
DATA = {"cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "ImageNet": "ImageNet"}


def spec(options: Options, name: str, flags: Iterable[str], expectation: str = "") -> str:
    """The text of a network; `flags` goes into its first lines, `expectation` behind `expect`, if there is one."""
    statements = [
        "input 3 x size x size",
        *_scales(options),
        *_layer_zero(options),
        *_layers(options),
        *_reductions(options),
        _exits(options),
        *([f"expect {expectation}"] if expectation else []),
    ]
    lines = [
        *_about(options, flags),
        'import "blocks.msd"',
        "",
        f"network {name}(classes = {options.classes}, size = {options.size}) {{",
        *statements,
        "}",
    ]
    return format_text(Source(name, "\n".join(lines)))


def _about(options: Options, flags: Iterable[str]) -> Iterator[str]:
    size = f"{counted(options.layers, 'layer')} and {counted(options.blocks, 'exit')}"
    yield f"# MSDNet for {DATA[options.data]}, {size}, imported from its PyTorch port; the flags there:"
    line = "#"
    for flag in flags:
        if len(line) + len(flag) >= WIDEST_COMMENT:
            yield line
            line = "#"
        line += f" {flag}"
    yield line


# Scales and layer 0


def _scales(options: Options) -> Iterator[str]:
    columns = {
        "init": [options.channels * factor for factor in options.factors],
        "growth": [options.growth * factor for factor in options.factors],
    }
    if options.bottleneck:
        columns["widen"] = [*options.widths[: options.scales]]
    if _needs_factors(options):
        columns["factor"] = [*options.factors]
    yield f"scales {options.scales} {{"
    yield from (f"{name} {', '.join(map(str, column))}" for name, column in columns.items())
    yield "}"


def _layer_zero(options: Options) -> Iterator[str]:
    yield f"stem {STEMS[options.data]}"
    if options.scales > 1:
        yield "vertical conv3x3(init)/2 bn relu"


# Layers


def _layers(options: Options) -> Iterator[str]:
    path = "h(share{widen}){stride}" if options.bottleneck else "conv3x3(share){stride} bn relu"
    why = PRUNED if options.prune == "min" and options.scales > 1 else ""
    yield f"layers {options.layers} dense(growth) {{{why}"
    if options.scales > 1:
        yield f"diagonal {path.format(widen=', widen[s-1]', stride='/2')}"
    yield f"horizontal {path.format(widen=', widen', stride='')}"
    yield "}"


# Reductions


def _reductions(options: Options) -> Iterator[str]:
    """`reduce` and `transition`; compressions that no formula gives exactly have a statement each."""
    word, at = ("transition", options.transitions) if options.prune == "min" else ("reduce", options.departures)
    if not at:
        return
    if not options.transitions:
        yield f"{word} at {_positions(at)}"
    elif formula := _formula(options):
        yield f"{word} at {_positions(at)}: conv1x1({formula}) bn relu"
    else:
        for layer, (_, before, after) in zip(at, options.compressions, strict=True):
            kept = f"floor({options.reduction} * {before}) in floating point, as in the port"
            yield f"{word} at {layer}: conv1x1({after} * factor) bn relu  # {kept}"


def _formula(options: Options) -> str:
    """How many feature maps a transition keeps, or nothing where exact numbers come to something else than the port's.

    The port's floor(0.58 * 50) is 28, since 0.58 * 50 is 28.999999999999996 in floating point.
    """
    part, finest = Fraction(str(options.reduction)), options.factors[0]
    kept = [(part * before, after) for _, before, after in options.compressions]
    if part.denominator > LARGEST or any(math.floor(exact) != after for exact, after in kept):
        return ""
    if all(math.floor(exact * finest) == after * finest for exact, after in kept):
        return f"compress({options.reduction})"
    return f"floor({options.reduction} * channels / factor) * factor"


def _needs_factors(options: Options) -> bool:
    return bool(options.transitions) and not _formula(options).startswith("compress")


# Exits


def _exits(options: Options) -> str:
    word = "exit" if options.blocks == 1 else "exits"
    return f"{word} at {_exit_positions(options)}: classifier({CLASSIFIER_CHANNELS[options.data]}, classes)"


def _exit_positions(options: Options) -> str:
    """Where the exits stand, as a rule where there are many."""
    if options.blocks <= LONGEST_LIST or options.stepmode == "even" or not options.step:
        return _positions(options.exits)
    if options.base == options.step == 1:
        return f"n*(n+1)/2 for n in 1..{options.blocks}"
    times = "" if options.step == 1 else f"{options.step}*"
    return f"{options.base} + {times}k*(k+1)/2 + k for k in 0..{options.blocks - 1}"


def _positions(layers: Sequence[int]) -> str:
    """Layers at equal distances."""
    if len(layers) <= LONGEST_LIST:
        return ", ".join(map(str, layers))
    step = layers[1] - layers[0]
    return f"{layers[0]}..{layers[-1]}" + (f" step {step}" if step > 1 else "")
