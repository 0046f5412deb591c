"""What is written in each op and over each cell, and how they are filled: costs, order, what an exit needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msdl.diagnostics import Diagnostic
from msdl.drawing.contents import LONGEST_NAME, Content, contents
from msdl.drawing.lattice import Lattice
from msdl.drawing.looks import cut
from msdl.drawing.ops.labels import label, tooltip
from msdl.drawing.ops.mistakes import failed_cells, mistakes
from msdl.drawing.picture import State, View
from msdl.drawing.states import states
from msdl.network.graph import IMAGE, Exit, Graph, Node
from msdl.network.layers import macs
from msdl.network.schedule import Schedule, needed_by
from msdl.quantities import amount


@dataclass(frozen=True, slots=True)
class Ink:
    """What is to be seen of nodes and cells: `cells` and `seen` say it of closed cells, `order` numbers the nodes, the
    dearest of which takes `dearest` MACs.

    `failed` has what is wrong in cells, `mistakes` in nodes; `exits` are those of the graph by the ids of their cells.
    """

    graph: Graph
    view: View
    cells: Mapping[str, Content]
    seen: Mapping[str, State]
    exits: Mapping[str, Exit]
    failed: Mapping[str, str]
    mistakes: Mapping[str, str]
    needs: Mapping[str, int]
    order: Mapping[str, int]
    dearest: int

    @classmethod
    def of(
        cls, graph: Graph, lattice: Lattice, view: View, schedule: Schedule | None, diagnostics: Sequence[Diagnostic]
    ) -> Ink:
        wrong = mistakes(graph, diagnostics)
        failed = failed_cells(graph, diagnostics, wrong)
        ids = (id for section in schedule.sections for id in section.nodes) if schedule and view.order else ()
        return cls(
            graph,
            view,
            contents(graph, lattice, view, schedule),
            states(graph, lattice.cells, view, failed),
            {exit.cell.id: exit for exit in graph.exits},
            failed,
            wrong,
            needed_by(graph),
            {id: number for number, id in enumerate(ids, start=1)},
            max(map(_macs, graph), default=0),
        )

    def written(self, id: str) -> tuple[str, ...]:
        """The lines in the box of a node, or of an exit."""
        if exit := self.exits.get(id):
            return cut(exit.name, LONGEST_NAME), self._shape(exit.output)
        node = self.graph[id]
        number = f"{self.order[id]}: " if id in self.order else ""
        cost = f"  {amount(_macs(node))}" if self.view.cost and _macs(node) else ""
        said = f"{number}{label(node)}{cost}"
        return (IMAGE, said) if id == IMAGE else (said,)

    @property
    def all_written(self) -> Mapping[str, tuple[str, ...]]:
        """The lines in every node's box and every exit's, by id."""
        return {id: self.written(id) for id in (*self.graph.nodes, *self.exits)}

    def title(self, cell: str) -> str:
        """What is written over a cell: its id, and its value's shape unless that stands in an exit's box."""
        if cell == IMAGE:
            return ""
        content = self.cells[cell]
        output = self.graph.outputs.get(cell)
        number = f"{content.order}: " if content.order is not None else ""
        shape = f"  {self._shape(output)}" if output and cell not in self.exits else ""
        cost = f"  {amount(content.done)} MACs" if self.view.cost else ""
        return f"{number}{cell}{shape}{cost}"

    def _shape(self, id: str) -> str:
        shape = self.graph[id].shape
        return "?" if shape is None else str(shape)

    def state(self, id: str) -> State:
        """What is to be seen of a node, or of an exit; with an exit chosen, whether it needs the node."""
        if id in self.exits:
            return self.seen[id]
        node = self.graph[id]
        if id in self.mistakes:
            return "failed"
        if node.shape is None:
            return "unknown"
        if self.view.exit is None:
            return "plain"
        if self.needs[id] >> self.view.exit & 1:
            return "needed"
        return "later" if node.cell.layer > self.graph.exits[self.view.exit].layer else "skipped"

    def shade(self, id: str) -> float | None:
        """The part of the dearest op's MACs that a node takes, where costs are shown."""
        return _macs(self.graph[id]) / (self.dearest or 1) if self.view.cost and id in self.graph else None

    def tooltip(self, id: str) -> str:
        """The facts of a node or of an exit, with what is wrong with it."""
        facts = self.cells[id].facts if id in self.exits else tooltip(self.graph[id])
        wrong = self.failed.get(id) if id in self.exits else self.mistakes.get(id)
        return f"{facts}; {wrong}" if wrong else facts


def _macs(node: Node) -> int:
    return 0 if node.shape is None else macs(node.layer, node.shape)
