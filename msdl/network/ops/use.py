"""One use of an op, and what an op is: a name, a signature, and the function from a use to primitive layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from msdl.diagnostics import mistake
from msdl.language.evaluate import whole
from msdl.language.numbers import Number, Unknown, show
from msdl.network.layers import Layer, Pool, Shape
from msdl.source import Span

LARGEST_SIZE = 10**6


class NotKnown(Exception):
    """What a layer is made of hangs on an earlier error."""


@dataclass(frozen=True, slots=True)
class Argument:
    value: Number
    span: Span


@dataclass(frozen=True, slots=True)
class Other:
    """A feature map that an op goes by without changing it: its shape, and the word it was made with."""

    shape: Shape
    span: Span


@dataclass(frozen=True, slots=True)
class Around:
    """What an op may go by besides what arrives.

    `image` is the network's input; `parts` the other parts of the join that the op stands in; `value` the value among
    its arguments, and `pool` the max pool that led into that value.
    """

    image: Other | None = None
    parts: Other | None = None
    value: Other | None = None
    pool: Pool | None = None


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
    around: Around = field(default=Around())

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
# How an op takes a value among its arguments: applied to it in place of what arrives, or going by it.
Takes = Literal["nothing", "its input", "a value", "a pool"]


@dataclass(frozen=True, slots=True)
class Op:
    """One op. `name` holds KxK where the kernel stands; `build` makes its layers from a use and the shape that arrives.

    An op of no layers is the identity; `several` ops put out a tuple, one value a layer; `open_ended` ops take any
    number of numbers. `takes` tells what a value as the first argument means.
    """

    name: str
    build: Build
    positional: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    strided: bool = False
    several: bool = False
    open_ended: bool = False
    takes: Takes = "nothing"

    def named(self, kernel: tuple[int, int]) -> str:
        """The op as a spec writes it: `conv3x3`."""
        return self.name.replace("KxK", f"{kernel[0]}x{kernel[1]}")

    @property
    def form(self) -> str:
        """All that can be said of it: `convKxK(out, bias, valid, groups = ..)`."""
        value = ("value",) if self.takes in ("a value", "a pool") else ()
        arguments = [*value, *self.positional, *self.flags, *(f"{keyword} = .." for keyword in self.keywords)]
        return f"{self.name}({', '.join(arguments)})" if arguments else self.name

    def form_of(self, kernel: tuple[int, int]) -> str:
        """The same with a kernel: `conv3x3(out, bias, ..)`."""
        return self.form.replace(self.name, self.named(kernel))
