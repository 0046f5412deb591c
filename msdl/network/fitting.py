"""Which expressions take their size from the other parts of the join they stand in: those with a `crop` or a `fit`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msdl.language import syntax as ast
from msdl.language.spec import Definition
from msdl.network import ops
from msdl.network.blocks import DEEPEST_RECURSION
from msdl.network.pieces import walk

Blocks = Mapping[str, Definition]
# Functions that join their arguments.
JOINING = frozenset({"mean", "sum"})


@dataclass(frozen=True)
class Fitting:
    """Remembers what it was asked, so that every expression and every block is looked at once."""

    _expressions: dict[int, bool] = field(default_factory=dict)
    _blocks: dict[int, bool] = field(default_factory=dict)

    def holds(self, expression: ast.Expression, blocks: Blocks, depth: int = 0) -> bool:
        """Whether an expression, or a block it uses, has a `crop` or a `fit` that no part of its own gives a size."""
        found = self._expressions.get(id(expression))
        if found is None:
            found = self._expressions[id(expression)] = self._waits(expression, blocks, depth)
        return found

    def _waits(self, expression: ast.Expression, blocks: Blocks, depth: int) -> bool:
        def waits(part: ast.Expression) -> bool:
            return self.holds(part, blocks, depth)

        match expression:
            case ast.Call(name, args):
                values = [argument.value for argument in args or ()]
                if name.text in JOINING:
                    return bool(values) and all(map(waits, values))
                return self._word_waits(name.text, blocks, depth) or any(map(waits, values))
            case ast.Group(items) | ast.Concat(items):
                return all(map(waits, items))
            case ast.Arithmetic(first, rest):
                sides = [first, *(side for _, side in rest)]
                ready = [side for side in sides if not waits(side)]
                return len(ready) < len(sides) and not any(_is_map(side, blocks) for side in ready)
            case ast.Chain(elements):
                return any(map(waits, elements))
            case ast.Pipe(value, chains):
                return waits(value) or any(map(waits, chains))
            case ast.When(then, _, otherwise):
                return waits(then) or waits(otherwise)
            case ast.Slash(left):
                return waits(left)
            case ast.Negative(operand):
                return waits(operand)
            case ast.Number() | ast.Input() | ast.Index() | ast.Power():
                return False

    def _word_waits(self, word: str, blocks: Blocks, depth: int) -> bool:
        """Whether an op or a block does; a block that uses itself ends with a branch that doesn't."""
        definition = blocks.get(word)
        if definition is None or depth > DEEPEST_RECURSION:
            return definition is None and word in ops.FITTING
        block = definition.block
        if id(block) not in self._blocks:
            self._blocks[id(block)] = False
            seen = blocks if definition.local else definition.file.blocks
            values = [equation.value for equation in block.body] if isinstance(block.body, tuple) else [block.body]
            self._blocks[id(block)] = any(self.holds(value, seen, depth + 1) for value in values)
        return self._blocks[id(block)]


def _is_map(side: ast.Expression, blocks: Blocks) -> bool:
    """Whether one side of a sum or a product is surely no number: an op, a block or `in` stands in it."""
    return any(
        isinstance(part, ast.Input)
        or (isinstance(part, ast.Call) and (part.name.text in blocks or ops.find(part.name.text) is not None))
        for part in walk(side)
    )
