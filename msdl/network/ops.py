"""The ops of the language: a table from names, arguments and flags to primitive layers.        <- add an op here

`conv3x3(out, bias, groups = 2)/2`: the kernel stands in the name, `out` is positional, `bias` a flag, `groups` a
keyword, the stride behind the slash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from msdl.diagnostics import Mistake, mistake
from msdl.language.evaluate import whole
from msdl.language.numbers import Number, Unknown, show
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    BatchNorm,
    Conv,
    Dropout,
    Flatten,
    Layer,
    Linear,
    Pool,
    Shape,
    Shuffle,
    Slice,
)
from msdl.source import Span

LARGEST_SIZE = 10**6
MOST_PARTS = 1_000


class NotKnown(Exception):
    """A number that a layer is made of hangs on an earlier error."""


@dataclass(frozen=True, slots=True)
class Argument:
    value: Number
    span: Span


@dataclass(frozen=True, slots=True)
class Use:
    """One use of an op: what its name, slash and parentheses say. `span` is the word."""

    op: Op
    kernel: tuple[int, int]
    stride: int
    numbers: Mapping[str, Argument]
    flags: frozenset[str]
    extra: tuple[Argument, ...]
    span: Span

    def size(self, name: str, default: int | None = None, least: int = 1, most: int = LARGEST_SIZE) -> int:
        """A whole number among the arguments. Raises Mistake, or NotKnown where it can't be worked out."""
        if name not in self.numbers:
            if default is not None:
                return default
            hint = f"its form is {self.op.form_of(self.kernel)}"
            raise mistake("MSD204", f"'{self.span_name}' needs '{name}'.", self.span, "", hint)
        argument = self.numbers[name]
        value = whole(argument.value, argument.span, f"'{name}' of '{self.span_name}'", least, most)
        if isinstance(value, Unknown):
            raise NotKnown
        return value

    def fraction(self, name: str, default: float, most: float) -> float:
        """A number from 0 to `most`."""
        if name not in self.numbers:
            return default
        argument = self.numbers[name]
        if isinstance(argument.value, Unknown):
            raise NotKnown
        if not 0 <= argument.value <= most:
            message = f"'{name}' of '{self.span_name}' must be between 0 and {most:g}, not {show(argument.value)}."
            raise mistake("MSD302", message, argument.span)
        return float(argument.value)

    @property
    def span_name(self) -> str:
        return self.op.named(self.kernel)

    @property
    def strides(self) -> tuple[int, int]:
        return self.stride, self.stride

    def padding(self, dilation: int = 1) -> tuple[int, int]:
        """`pad = n`; else none for `valid` and even kernels, and what keeps the size for odd ones."""
        if "pad" in self.numbers:
            pad = self.size("pad", least=0)
            return pad, pad
        if "valid" in self.flags:
            return 0, 0
        high, wide = (dilation * (side - 1) // 2 if side % 2 else 0 for side in self.kernel)
        return high, wide


Build = Callable[[Use, Shape], tuple[Layer, ...]]


@dataclass(frozen=True, slots=True)
class Op:
    """One op. `name` holds KxK where the kernel stands; `build` makes its layers from a use and the shape that arrives.

    An op of no layers is the identity; `several` ops put out a tuple, one value a layer, and take a value of their own
    as first argument, if one is given; `open_ended` ops take any number of numbers.
    """

    name: str
    build: Build
    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    strided: bool = False
    several: bool = False
    open_ended: bool = False

    def named(self, kernel: tuple[int, int]) -> str:
        """The op as a spec writes it: `conv3x3`."""
        return self.name.replace("KxK", f"{kernel[0]}x{kernel[1]}")

    @property
    def form(self) -> str:
        """All that can be said of it: `convKxK(out, bias, valid, groups = ..)`."""
        arguments = [*self.positional, *self.flags, *(f"{keyword} = .." for keyword in self.keywords)]
        return f"{self.name}({', '.join(arguments)})" if arguments else self.name

    def form_of(self, kernel: tuple[int, int]) -> str:
        """The same with a kernel: `conv3x3(out, bias, ..)`."""
        return self.form.replace(self.name, self.named(kernel))


def check_arguments(use: Use) -> None:
    """Looks at the arguments alone, where the shape that arrives is not known. Raises Mistake, or NotKnown."""
    try:
        use.op.build(use, Shape(1, 1, 1))
    except Mistake as found:
        if found.diagnostic.code != "MSD404":  # that the channels don't divide says nothing here
            raise


def _conv(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (_convolution(use, shape, use.size("out"), use.size("groups", 1)),)


def _depthwise(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (_convolution(use, shape, shape.channels, shape.channels),)


def _convolution(use: Use, shape: Shape, outputs: int, groups: int) -> Conv:
    for count, what in ((shape.channels, "channels that arrive"), (outputs, "channels that leave")):
        if count % groups:
            message = f"{groups} groups don't divide the {count} {what} in '{use.span_name}'."
            raise mistake("MSD404", message, use.span, f"{count} / {groups} is not whole")
    dilation = use.size("dilation", 1)
    padding = use.padding(dilation)
    return Conv(shape.channels, outputs, use.kernel, use.strides, padding, dilation, groups, "bias" in use.flags)


def _maxpool(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (Pool("max", use.kernel, use.strides, _pool_padding(use), "ceil" in use.flags),)


def _avgpool(use: Use, shape: Shape) -> tuple[Layer, ...]:
    counts = "exclude" not in use.flags
    return (Pool("average", use.kernel, use.strides, _pool_padding(use), "ceil" in use.flags, counts),)


def _pool_padding(use: Use) -> tuple[int, int]:
    padding = use.padding()
    if any(2 * pad > side for pad, side in zip(padding, use.kernel, strict=True)):
        message = f"A pool pads at most half its window, so {padding[0]} is too much for '{use.span_name}'."
        raise mistake("MSD302", message, use.span)
    return padding


def _bn(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (BatchNorm(shape.channels, use.fraction("eps", 1e-5, 1)),)


def _dropout(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (Dropout(use.fraction("p", 0.5, 1)),)


def _linear(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (Linear(shape.elements, use.size("out"), "nobias" not in use.flags),)


def _pool_to(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (AdaptivePool(use.size("n"), use.size("n")),)


def _shuffle(use: Use, shape: Shape) -> tuple[Layer, ...]:
    groups = use.size("groups")
    if shape.channels % groups:
        raise mistake("MSD404", f"{groups} groups don't divide the {shape.channels} channels that arrive.", use.span)
    return (Shuffle(groups),)


def _split(use: Use, shape: Shape) -> tuple[Layer, ...]:
    parts = use.size("n", most=MOST_PARTS)
    if shape.channels % parts:
        raise mistake("MSD404", f"{shape.channels} channels don't split into {parts} equal parts.", use.span)
    step = shape.channels // parts
    return tuple(Slice(step * k, step * (k + 1)) for k in range(parts))


def _cut(use: Use, shape: Shape) -> tuple[Layer, ...]:
    widths = [whole(extra.value, extra.span, "A part's channels") for extra in use.extra]
    known = [width for width in widths if isinstance(width, int)]
    if len(known) < len(widths):
        raise NotKnown
    if sum(known) != shape.channels:
        total = " + ".join(map(str, known)) or "0"
        message = f"The parts hold {total} = {sum(known)} channels, but {shape.channels} arrive."
        raise mistake("MSD404", message, use.span)
    ends = [sum(known[: k + 1]) for k in range(len(known))]
    return tuple(Slice(end - width, end) for end, width in zip(ends, known, strict=True))


def _always(*layers: Layer) -> Build:
    return lambda use, shape: layers


OPS: tuple[Op, ...] = (
    Op("convKxK", _conv, ("out",), ("groups", "dilation", "pad"), ("bias", "valid"), strided=True),
    Op("dwconvKxK", _depthwise, (), ("dilation", "pad"), ("bias", "valid"), strided=True),
    Op("maxpoolKxK", _maxpool, (), ("pad",), ("ceil", "valid"), strided=True),
    Op("avgpoolKxK", _avgpool, (), ("pad",), ("ceil", "exclude", "valid"), strided=True),
    Op("bn", _bn, (), ("eps",)),
    Op("relu", _always(Activation("relu"))),
    Op("relu6", _always(Activation("relu6"))),
    Op("elu", _always(Activation("elu"))),
    Op("sigmoid", _always(Activation("sigmoid"))),
    Op("softmax", _always(Activation("softmax"))),
    Op("dropout", _dropout, ("p",)),
    Op("identity", _always()),
    Op("flatten", _always(Flatten())),
    Op("linear", _linear, ("out",), (), ("nobias",)),
    Op("gap", _always(AdaptivePool(1, 1))),
    Op("pool", _pool_to, ("n",)),
    Op("pool_h", _always(AdaptivePool(None, 1))),
    Op("pool_w", _always(AdaptivePool(1, None))),
    Op("shuffle", _shuffle, ("groups",)),
    Op("split", _split, ("n",), several=True),
    Op("cut", _cut, several=True, open_ended=True),
)

# Words of the language whose ops come with dense prediction.
PLANNED = frozenset({"deconvKxK", "unpoolKxK", "upsample", "resize", "crop", "fit", "cropto"})

_BY_NAME = {op.name: op for op in OPS}
_KERNEL = re.compile(r"([a-z]+)([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")


@cache
def find(word: str) -> tuple[Op, tuple[int, int]] | None:
    """The op a word names and the kernel written in it, (1, 1) where there is none."""
    if match := _KERNEL.fullmatch(word):
        op = _BY_NAME.get(f"{match[1]}KxK")
        return None if op is None else (op, (int(match[2]), int(match[3])))
    op = None if "KxK" in word else _BY_NAME.get(word)
    return None if op is None else (op, (1, 1))


def is_planned(word: str) -> bool:
    match = _KERNEL.fullmatch(word)
    return (f"{match[1]}KxK" if match else word) in PLANNED


def family(word: str) -> str:
    """`conv` of `conv3x3`: what a `default` may name to mean every kernel."""
    match = _KERNEL.fullmatch(word)
    return match[1] if match else word


def names() -> Iterable[str]:
    """The ops' names as a spec writes them, for suggestions; kernels that networks use stand for all."""
    for op in OPS:
        if "KxK" in op.name:
            yield from (op.name.replace("KxK", f"{k}x{k}") for k in (1, 2, 3, 5, 7))
        else:
            yield op.name
