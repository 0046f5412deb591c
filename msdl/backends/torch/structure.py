"""Parts -> structure: which part of the network becomes what kind of module.

A part is a single module (`Leaf`), a straight line of modules (`Line`), a class with a forward of its own (`Unit`) or,
where it can't be computed as a whole, no more than the holder of its modules (`Holder`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeGuard

from msdl.backends.torch.parts import Flow, Part, is_join
from msdl.network.graph import Node


@dataclass(frozen=True, slots=True)
class Leaf:
    """One primitive layer."""

    part: Part
    node: Node

    @property
    def sources(self) -> tuple[str, ...]:
        return self.node.inputs

    @property
    def output(self) -> str:
        return self.node.id


@dataclass(frozen=True, slots=True)
class Line:
    """Modules each of which reads the one before. The joins of the part, if any, stand before or after the line."""

    part: Part
    modules: tuple[Closed, ...]
    joins: tuple[Node, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return self.modules[0].sources

    @property
    def output(self) -> str:
        return self.modules[-1].output


@dataclass(frozen=True, slots=True)
class Unit:
    """A cell or a block that joins several values: an instance of a class. It reads `sources`, gives `output`."""

    part: Part
    modules: tuple[Structure, ...]
    joins: tuple[Node, ...]
    sources: tuple[str, ...]
    output: str


@dataclass(frozen=True, slots=True)
class Holder:
    """A part that only holds modules; its work is done by whoever holds it."""

    part: Part
    modules: tuple[Structure, ...]
    joins: tuple[Node, ...]


Closed = Leaf | Line | Unit
Structure = Leaf | Line | Unit | Holder


@dataclass(frozen=True)
class Cutter:
    """Cuts the tree of parts. `holders` are the paths above cells, `cells` those of cells."""

    flow: Flow
    cells: frozenset[str]
    holders: frozenset[str]

    @classmethod
    def of(cls, flow: Flow) -> Cutter:
        cells = frozenset(flow.graph[id].cell.id for id in flow.section)
        holders = {""}
        for words in (cell.split(".") for cell in cells):
            holders.update(".".join(words[:length]) for length in range(1, len(words)))
        return cls(flow, cells, frozenset(holders))

    def cut(self, part: Part) -> Structure:
        if part.node is not None and not is_join(part.node):
            return Leaf(part, part.node)
        modules = tuple(self.cut(child) for child in part.modules)
        joins = tuple(self._joins(part))
        if part.path in self.holders:
            return Holder(part, modules, joins)
        line = self._line(modules)
        output = self.flow.output(part)
        stands_alone = part.path in self.cells or part.name.isdigit()
        if line is not None and not (joins and output is not None and stands_alone):
            return Line(part, line, joins)
        if output is not None:
            return Unit(part, modules, joins, tuple(self.flow.sources(part)), output)
        return Holder(part, modules, joins)

    def _joins(self, part: Part) -> list[Node]:
        """The joins of a part that are in none of its modules."""
        own = [] if part.node is None else [part.node]
        return own + [node for child in part.parts if not child.has_modules for node in child.nodes()]

    def _line(self, modules: Sequence[Structure]) -> tuple[Closed, ...] | None:
        """The modules, if they are a straight line: each reads one value, the next alone reads what it gives."""
        closed = tuple(module for module in modules if is_closed(module) and len(set(module.sources)) == 1)
        if len(closed) != len(modules) or not closed:
            return None
        if any(not self._follows(a, b) for a, b in pairwise(closed)):
            return None
        return closed

    def _follows(self, a: Closed, b: Closed) -> bool:
        flow, inside = self.flow, f"{b.part.path}."
        return (
            b.sources[0] == a.output
            and a.output not in flow.outputs
            and flow.section[a.output] == flow.section[b.output]
            and all(reader.startswith(inside) or reader == b.part.path for reader in flow.uses[a.output])
        )


def is_closed(structure: Structure) -> TypeGuard[Closed]:
    """Whether a structure is computed by one call of one module."""
    match structure:
        case Leaf() | Unit():
            return True
        case Line(joins=joins):
            return not joins
        case Holder():
            return False
