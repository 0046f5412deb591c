"""A file and its networks."""

from __future__ import annotations

from dataclasses import dataclass

from msdl.language.syntax.declarations import Block, Default, Import, Let, Parameter
from msdl.language.syntax.expressions import Name
from msdl.language.syntax.statements import Item
from msdl.source import Span


@dataclass(frozen=True, slots=True)
class Network:
    name: Name
    params: tuple[Parameter, ...]
    items: tuple[Item, ...]
    span: Span


FileItem = Import | Let | Default | Block | Network


@dataclass(frozen=True, slots=True)
class Document:
    """A file, parsed. `skipped` holds the lines that were left out of it, for their syntax errors."""

    items: tuple[FileItem, ...]
    span: Span
    skipped: tuple[str, ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(item for item in self.items if isinstance(item, Network))
