"""A network as its file means it: imports followed, parameters applied, the numbers of input and scales worked out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msdl.language import syntax as ast
from msdl.language.evaluate import Known
from msdl.language.numbers import Number
from msdl.source import Source, Span


@dataclass(frozen=True)
class FileScope:
    """What a file's blocks and networks see: its own `let`s, blocks and defaults, and what it imports.

    `places` says where each name is declared, `own` the same of the names of this file.
    """

    source: Source
    lets: dict[str, Number] = field(default_factory=dict)
    blocks: dict[str, Definition] = field(default_factory=dict)
    defaults: dict[str, ast.Default] = field(default_factory=dict)
    own: dict[str, Span] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)
    imports: list[FileScope | None] = field(default_factory=list)

    def take(self, name: str, other: FileScope) -> None:
        """Makes a name of another file known here."""
        if name in other.lets:
            self.lets[name] = other.lets[name]
        if name in other.blocks:
            self.blocks[name] = other.blocks[name]

    @property
    def files(self) -> list[FileScope | None]:
        """This file and all that it leads to, each once; None for what could not be read."""
        found: dict[int, FileScope | None] = {id(self): self}
        left = [self]
        while left:
            for imported in left.pop().imports:
                if id(imported) not in found:
                    found[id(imported)] = imported
                    left += [] if imported is None else [imported]
        return list(found.values())

    @property
    def complete(self) -> bool:
        """Whether every import was found and read; else names may be unknown for that alone."""
        return all(file is not None for file in self.files)

    @property
    def texts(self) -> list[str]:
        """The texts of the file and of all it imports."""
        return [file.source.text for file in self.files if file is not None]


@dataclass(frozen=True, slots=True)
class Definition:
    """A block and what it sees; `local` blocks, declared in a network, see the network's names too."""

    block: ast.Block
    file: FileScope = field(repr=False)
    local: bool = False


@dataclass(frozen=True, slots=True)
class Scales:
    """The declared scales: `columns[name][s - 1]` is the value at scale s, `places[name][s - 1]` where it stands."""

    count: int
    columns: Mapping[str, tuple[Number, ...]]
    places: Mapping[str, tuple[Span, ...]]
    span: Span

    def place(self, name: str, scale: int) -> Span:
        """Where a column's value at a scale is written; the statement where none is."""
        places = self.places.get(name, ())
        return places[scale - 1] if scale <= len(places) else self.span


Program = tuple[ast.Layers | ast.Stages | ast.Sweep | ast.Repeat, ...]


@dataclass(frozen=True)
class NetworkSpec:
    """One network. `set_by_user` names the parameters that do not have their defaults."""

    name: ast.Name
    file: FileScope = field(repr=False)
    parameters: Mapping[str, Number]
    set_by_user: frozenset[str]
    numbers: Mapping[str, Number]
    image: tuple[int, int, int] | None
    image_span: Span
    scales: Scales
    blocks: Mapping[str, Definition]
    defaults: Mapping[str, ast.Default]
    stem: ast.Stem | None
    vertical: ast.Vertical | None
    program: Program
    reductions: tuple[ast.ReduceIn | ast.ReduceAt, ...]
    transitions: tuple[ast.Transition, ...]
    exits: tuple[ast.Exit, ...]
    expectations: tuple[ast.Claim, ...]
    statement: ast.Network

    @property
    def sweeps(self) -> frozenset[str]:
        """The names that sweeps give to the values they leave."""
        return frozenset(name.text for name in sweep_names(self.program))

    @property
    def known(self) -> Known:
        """The numbers that are the same everywhere in the network."""
        return Known(self.numbers, self.scales.columns)


def sweep_names(items: Iterable[ast.Item]) -> Iterator[ast.Name]:
    """The names of sweeps, in `repeat` as well."""
    for item in items:
        if isinstance(item, ast.Sweep) and item.name is not None:
            yield item.name
        elif isinstance(item, ast.Repeat):
            yield from sweep_names(item.items)
