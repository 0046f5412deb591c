"""Which expressions take their size from the other parts of the join they stand in: those with a `crop` or a `fit`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from msdl.language import syntax as ast
from msdl.language.spec import Definition
from msdl.network import ops
from msdl.network.pieces import walk

Blocks = Mapping[str, Definition]


@dataclass(frozen=True)
class Fitting:
    """Remembers what it was asked, so that every expression and every block is walked once."""

    _expressions: dict[int, bool] = field(default_factory=dict)
    _words: dict[int, frozenset[str]] = field(default_factory=dict)

    def holds(self, expression: ast.Expression, blocks: Blocks) -> bool:
        """Whether an expression, or a block it uses, has a `crop` or a `fit`."""
        found = self._expressions.get(id(expression))
        if found is None:
            words = self._words.get(id(blocks))
            if words is None:
                words = self._words[id(blocks)] = _fitting_words(blocks)
            found = self._expressions[id(expression)] = not words.isdisjoint(_words(expression))
        return found


def _words(piece: object) -> set[str]:
    return {part.name.text for part in walk(piece) if isinstance(part, ast.Call)}


def _fitting_words(blocks: Blocks) -> frozenset[str]:
    """The ops that fit, and the blocks that lead to them."""
    users: dict[str, set[str]] = defaultdict(set)
    for name, definition in blocks.items():
        for word in _words(definition.block.body):
            users[word].add(name)
    found, left = set(ops.FITTING), list(ops.FITTING)
    while left:
        new = users[left.pop()] - found
        found |= new
        left += new
    return frozenset(found)
