"""The port's flags: what each takes, and the text that diagnostics point into.

The text has a line for every flag, given or not, such as `--growthRate 6`: a mistake in a default has a place too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msdl.diagnostics import Findings
from msdl.interop.msdnet_pytorch.options import IMAGE_SIZES, Options
from msdl.language.suggest import did_you_mean
from msdl.source import Source, Span

SOURCE = "<msdnet-pytorch flags>"
DEFAULT = "  # the default"

# What msdl takes on for channels and sizes.
LARGEST_WHOLE = 1_000_000
# With more, no image that msdl takes on leaves a map at the coarsest.
MOST_SCALES = 50

Value = str | int | float | bool | tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a flag takes, in words; `read` raises ValueError or KeyError for anything else."""

    takes: str
    read: Callable[[str], Value]
    metavar: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of the port: its name and default there, what it says, and the field of Options that it sets."""

    name: str
    default: str
    kind: Kind
    field: str
    about: str


def _choice(*choices: Value) -> Kind:
    values = {str(choice): choice for choice in choices}
    *others, last = values
    return Kind(f"{', '.join(others)} or {last}", values.__getitem__, "|".join(values), tuple(values))


def _whole(least: int) -> Kind:
    return Kind(f"a whole number from {least} to {LARGEST_WHOLE:,}", lambda text: _within(int(text), least), "N")


def _within(number: int, least: int) -> int:
    if not least <= number <= LARGEST_WHOLE:
        raise ValueError
    return number


def _factors(text: str) -> tuple[int, ...]:
    factors = tuple(_within(int(factor), 1) for factor in text.split("-"))
    if len(factors) > MOST_SCALES:
        raise ValueError
    return factors


def _part(text: str) -> float:
    part = float(text)
    if not 0 <= part <= 1:  # false for nan too
        raise ValueError
    return part


FACTORS = Kind(f"whole numbers from 1, joined by '-', such as 1-2-4; at most {MOST_SCALES}", _factors, "N-N-..")

FLAGS = (
    Flag("data", "cifar10", _choice("cifar10", "cifar100", "ImageNet"), "data",
         "Stem, classifiers and number of classes."),
    Flag("nBlocks", "1", _whole(1), "blocks", "Blocks, each with an exit at its end."),
    Flag("base", "4", _whole(1), "base", "Layers of the first block."),
    # The port has no default here and, when nothing is said, takes the `else` of `even`.
    Flag("stepmode", "lin_grow", _choice("even", "lin_grow"), "stepmode",
         "Layers of the i-th later block: step, or step * i + 1."),
    Flag("step", "1", _whole(0), "step", "The step of --stepmode."),
    Flag("nChannels", "32", _whole(1), "channels", "Feature maps of the stem, times grFactor."),
    Flag("growthRate", "6", _whole(1), "growth", "New feature maps per layer, times grFactor."),
    Flag("grFactor", "1-2-4", FACTORS, "factors",
         "A factor for every scale, finest first; its length is the number of scales."),
    Flag("bnFactor", "1-2-4", FACTORS, "widths",
         "Width of the bottlenecks of every scale, as a multiple of what their path puts out."),
    Flag("prune", "max", _choice("max", "min"), "prune",
         "How scales leave: max: at equal distances; min: as late as the exits allow."),
    Flag("reduction", "0.5", Kind("a number from 0 to 1", _part, "X"), "reduction",
         "The part of the feature maps that a transition keeps; 0: no transitions."),
    Flag("bottleneck", "True", _choice(True, False), "bottleneck",
         "Whether a 1x1 convolution stands before every 3x3."),
    Flag("image-size", "", _whole(1), "size", "Height and width of the images; by default 32, for ImageNet 224."),
)  # fmt: skip

Spans = Mapping[str, Span]


def read_flags(given: Mapping[str, object]) -> tuple[Options | None, Spans, Findings]:
    """The flags' values, the place of each, and what is wrong with any; TypeError for a flag that there isn't."""
    texts = _texts(given)
    spans, findings = _places(texts, given), Findings()
    values = {flag.field: _value(flag, texts[flag.name], spans[flag.name], findings) for flag in FLAGS}
    return (None if findings else Options(**values)), spans, findings


def command_line(options: Options) -> list[str]:
    """`--nBlocks 7`, ..: the flags that say what the options are."""
    return [f"--{flag.name} {_text(getattr(options, flag.field))}" for flag in FLAGS]


def _text(value: Value) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    """Every flag's value as text."""
    defaults = {flag.name: flag.default for flag in FLAGS}
    for name in given.keys() - defaults.keys():
        raise TypeError(
            f"the port has no flag '{name}'; {did_you_mean(name, defaults) or 'it has ' + ', '.join(defaults)}"
        )
    texts = defaults | {name: str(value) for name, value in given.items()}
    return texts | {"image-size": texts["image-size"] or str(IMAGE_SIZES.get(texts["data"], 32))}


def _places(texts: Mapping[str, str], given: Mapping[str, object]) -> dict[str, Span]:
    """The text of all flags, a line each, and in it the place of every value."""
    lines = [f"--{name} {text}{'' if name in given else DEFAULT}" for name, text in texts.items()]
    source, spans, start = Source(SOURCE, "\n".join(lines)), dict[str, Span](), 0
    for line, (name, text) in zip(lines, texts.items(), strict=True):
        value = start + len(f"--{name} ")
        spans[name] = Span(source, value, value + len(text))
        start += len(line) + 1
    return spans


def _value(flag: Flag, text: str, span: Span, findings: Findings) -> Any:
    """What a flag's text says; None for what it doesn't take."""
    try:
        return flag.kind.read(text)
    except (ValueError, KeyError):
        message = f"--{flag.name} doesn't take '{text}'."
        hint = did_you_mean(text, flag.kind.choices)
        findings.error("MSD704", message, span, f"expected {flag.kind.takes}", hint)
        return None
