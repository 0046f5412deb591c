"""Walks over pieces of syntax."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from msdl.language import syntax as ast
from msdl.language.spec import Definition
from msdl.source import Span


def children(node: object) -> Iterator[object]:
    """What a piece of syntax is made of; names and spans are whole."""
    if isinstance(node, tuple):
        yield from node
    elif is_dataclass(node) and not isinstance(node, Span | ast.Name):
        yield from (getattr(node, field.name) for field in fields(node))


def walk(node: object) -> Iterator[object]:
    """A piece of syntax and all it holds, in no order."""
    left = [node]
    while left:
        found = left.pop()
        yield found
        left += children(found)


def pieces(node: object, blocks: Mapping[str, Definition]) -> Iterator[object]:
    """Every piece of a piece of syntax, and of the blocks it uses."""
    left, seen = [node], set[str]()
    while left:
        for found in walk(left.pop()):
            yield found
            if isinstance(found, ast.Call) and found.name.text in blocks and found.name.text not in seen:
                seen.add(found.name.text)
                left.append(blocks[found.name.text].block.body)
