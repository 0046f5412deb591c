"""What the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from msdl.language import syntax as ast
from msdl.language.spec import NetworkSpec
from msdl.network.graph import Cell, Exit, Graph
from msdl.network.pieces import pieces
from msdl.network.prune import pruned

# The ops that make a vector, or a map of one position, whatever arrives.
HEADS = frozenset({"linear", "gap", "flatten"})


@dataclass(frozen=True)
class Subject:
    """A network as elaborated, with the spec it came from; `pruned` is what reaches an exit."""

    graph: Graph
    spec: NetworkSpec

    @cached_property
    def pruned(self) -> Graph:
        return pruned(self.graph, *self.graph.exits)

    @cached_property
    def cells(self) -> dict[str, Cell]:
        return {node.cell.id: node.cell for node in self.graph}

    @cached_property
    def classifiers(self) -> tuple[Exit, ...]:
        """The exits of a `layers` grid that put out a vector, or a map of one position; map exits are not meant."""
        if not self.graph.grid:
            return ()
        return tuple(exit for exit in self.graph.exits if self._classifies(exit))

    def _classifies(self, exit: Exit) -> bool:
        shape = self.graph[exit.output].shape
        if shape is None:
            return bool(HEADS & self._words(exit))
        return (shape.height, shape.width) == (1, 1)

    def _words(self, exit: Exit) -> set[str]:
        """The ops of an exit's chain and of the blocks in it, where another mistake keeps its shape from us."""
        statement = next(statement for statement in self.spec.exits if statement.span == exit.cell.span)
        found = pieces(statement.chain, self.spec.blocks)
        return {part.name.text for part in found if isinstance(part, ast.Call)}
