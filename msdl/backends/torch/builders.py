"""Recurring chains -> builder functions: `def h(c0: int, c1: int, c2: int, stride: int = 1) -> nn.Sequential`.

Chains of one name and the same layers share a function. Its parameters are the numbers that vary between them; numbers
that are always equal are one parameter, constants stay inside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from msdl.backends.torch.layers import Argument, Construction, Number, constructed, number, sequential
from msdl.backends.torch.layout import Doc, Group, Labelled, call, lines
from msdl.backends.torch.naming import Names, comments, numbered, snake
from msdl.source import Span

Column = tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A straight line of layers: `path` is where it stands, `hint` what it could be called, `numbers` are theirs."""

    path: str
    hint: str
    numbers: tuple[int, ...]
    layers: tuple[Construction, ...]
    spans: tuple[Span, ...]

    @property
    def skeleton(self) -> object:
        """What chains that share a function have in common: all but the numbers."""
        kinds = tuple((layer.constructor, layer.flags, len(layer.arguments)) for layer in self.layers)
        return self.hint, self.numbers, kinds


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that varies, one value a chain; chains that give `default` leave it out."""

    name: str
    column: Column
    default: Number | None = None

    @property
    def declaration(self) -> str:
        kinds = {type(plainly(value)) for value in self.column}
        kind = "float" if float in kinds else "int | tuple[int, int]" if tuple in kinds else "int"
        return f"{self.name}: {kind}" + ("" if self.default is None else f" = {plainly(self.default)}")


@dataclass(frozen=True, slots=True)
class Builder:
    """A function of the generated source, as lines."""

    name: str
    comments: tuple[str, ...]
    signature: tuple[str, ...]
    body: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Builders:
    """The functions, and for every chain the expression that makes it; `shared` are the paths that call a function."""

    functions: tuple[Builder, ...]
    uses: Mapping[str, Group]


def plainly(value: Number) -> Number:
    """A square pair as one number."""
    return value[0] if isinstance(value, tuple) and value[0] == value[1] else value


def builders(chains: Iterable[Chain], names: Names) -> Builders:
    """A function for every kind of chain that occurs twice and is longer than one layer."""
    alike: dict[object, list[Chain]] = defaultdict(list)
    for chain in chains:
        alike[chain.skeleton].append(chain)
    functions: list[Builder] = []
    uses: dict[str, Group] = {}
    for group in alike.values():
        if len(group) > 1 and len(group[0].layers) > 1:
            function, calls = _builder(group, names)
            functions.append(function)
            uses.update(zip((chain.path for chain in group), calls, strict=True))
    return Builders(tuple(functions), uses)


def _builder(group: Sequence[Chain], names: Names) -> tuple[Builder, list[Group]]:
    first = group[0]
    name = names.new(snake(first.hint))
    signature = _Signature()
    layers = []
    for place, layer in enumerate(first.layers):
        columns = zip(*(chain.layers[place].arguments for chain in group), strict=True)
        layers.append(constructed(layer, tuple(signature.value(column) for column in columns)))
    parameters = signature.ordered
    declared = lines(call(name, *(p.declaration for p in parameters)), 0, "def ", " -> nn.Sequential:")
    body = lines(sequential(first.numbers, layers), 4, "return ")
    builder = Builder(name, tuple(comments(first.spans)), tuple(declared), tuple(body))
    return builder, [call(name, *_given(parameters, nth)) for nth in range(len(group))]


def _given(parameters: Sequence[Parameter], nth: int) -> list[Doc]:
    """The arguments for the nth chain."""
    given: list[Doc] = []
    for parameter in parameters:
        value = parameter.column[nth]
        if parameter.name.startswith("c") and parameter.name[1:].isdigit():
            given.append(number(value))
        elif parameter.default is None or plainly(value) != plainly(parameter.default):
            given.append(Labelled(f"{parameter.name}=", number(value)))
    return given


@dataclass
class _Signature:
    """The parameters of a function while its layers are gone through."""

    parameters: dict[Column, Parameter] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def value(self, column: Sequence[Argument]) -> Doc | None:
        """What stands for an argument in the function's body."""
        if all(argument.is_default for argument in column):
            return None
        values = tuple(plainly(argument.value) for argument in column)
        if len(set(values)) == 1:
            return number(values[0])
        if values not in self.parameters:
            self.parameters[values] = self._parameter(column[0], values)
        return self.parameters[values].name

    def _parameter(self, argument: Argument, values: Column) -> Parameter:
        kind = argument.kind
        count = self.counts[kind]
        self.counts[kind] += 1
        if kind == "c":
            return Parameter(f"c{count}", values)
        default = None if argument.default is None else plainly(argument.default)
        has_default = default is not None and argument.kind != "kernel" and default in values
        name = kind if count == 0 else numbered(kind, count + 1)
        return Parameter(name, values, default if has_default else None)

    @property
    def ordered(self) -> list[Parameter]:
        """Those without a default first, channels before others."""
        parameters = self.parameters.values()
        return sorted(parameters, key=lambda p: (p.default is not None, not p.name[1:].isdigit()))
