"""Cells and exits -> boxes: what is written in each, how it is filled, where it stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from msdl.drawing.lattice import Lattice, Place
from msdl.drawing.picture import Box, Point, State, View
from msdl.network.graph import Cell, Graph, Node
from msdl.network.layers import macs, parameters
from msdl.network.schedule import Schedule, needed_by
from msdl.quantities import amount

WIDTH, HEIGHT = 62.0, 30.0
# From one column to the next, from one scale to the next, from one row of exits to the next.
COLUMN, ROW, EXIT_ROW = 92.0, 104.0, 52.0
LEFT, RIGHT, TOP, BOTTOM = 84.0, 28.0, 124.0, 52.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """The size of the drawing, and where a place of the lattice is on it."""

    width: float
    height: float
    scales: int

    @classmethod
    def of(cls, lattice: Lattice) -> Sheet:
        width = LEFT + (lattice.columns - 1) * COLUMN + WIDTH + RIGHT
        exits = lattice.rows - lattice.scales
        height = TOP + (lattice.scales - 1) * ROW + exits * EXIT_ROW + HEIGHT + BOTTOM
        return cls(max(width, 420.0), height, lattice.scales)

    def at(self, place: Place) -> Point:
        inner = min(place.row, self.scales - 1)
        below = inner * ROW + (place.row - inner) * EXIT_ROW
        return Point(LEFT + WIDTH / 2 + place.column * COLUMN, self.height - TOP - HEIGHT / 2 - below)


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes by the ids of their cells, on their sheet."""

    sheet: Sheet
    lattice: Lattice
    by_id: Mapping[str, Box]


def boxes(graph: Graph, lattice: Lattice, view: View, schedule: Schedule | None, failed: Mapping[str, str]) -> Boxes:
    """A box for every cell and every exit; `failed` says what is wrong in which cells."""
    sheet = Sheet.of(lattice)
    nodes: dict[str, list[Node]] = defaultdict(list)
    for node in graph.layers:
        nodes[node.cell.id].append(node)
    states = _states(graph, lattice, view, failed)
    costs = {id: sum(macs(node.layer, node.size) for node in made if node.shape) for id, made in nodes.items()}
    dearest = max(costs.values(), default=0) or 1
    order = _order(graph, schedule) if view.order and schedule is not None else {}
    return Boxes(
        sheet,
        lattice,
        {
            id: _box(
                graph, lattice.cells[id], sheet.at(place), nodes[id], states[id], failed.get(id, ""),
                costs.get(id, 0) / dearest if view.cost else None, order.get(id),
            )
            for id, place in lattice.places.items()
        },
    )  # fmt: skip


def _box(
    graph: Graph, cell: Cell, at: Point, nodes: list[Node], state: State, mistake: str, shade: float | None,
    order: int | None,
) -> Box:  # fmt: skip
    is_exit = cell.role == "exit"
    value = graph[graph.outputs[cell.id]] if cell.id in graph.outputs else nodes[-1]
    shape = "?" if value.shape is None else str(value.shape)
    costs = amount(sum(macs(node.layer, node.size) for node in nodes if node.shape is not None))
    name = next((exit.name for exit in graph.exits if exit.cell.id == cell.id), "")
    lines = ([f"{order}"] if order is not None else []) + ([name] if is_exit else []) + [shape]
    lines += [costs] if shade is not None else []
    kept = amount(sum(parameters(node.layer) for node in nodes))
    facts = f"{cell.id}: {shape}, {kept} parameters, {costs} MACs"
    return Box(
        cell.id, "exit" if is_exit else "cell", at.x, at.y, WIDTH, HEIGHT, tuple(lines), state,
        f"{facts}; {mistake}" if mistake else facts, shade, order,
    )  # fmt: skip


def _states(graph: Graph, lattice: Lattice, view: View, failed: Mapping[str, str]) -> dict[str, State]:
    """What is to be seen of each cell: with an exit chosen, whether it needs the cell."""
    needed = None if view.exit is None else _needed(graph, view.exit)
    states: dict[str, State] = {}
    for id, cell in lattice.cells.items():
        value = graph.outputs.get(id)
        if id in failed:
            states[id] = "failed"
        elif value is not None and graph[value].shape is None:
            states[id] = "unknown"
        elif needed is None or view.exit is None:
            states[id] = "plain"
        elif id in needed:
            states[id] = "needed"
        else:
            states[id] = "later" if cell.layer > graph.exits[view.exit].layer else "skipped"
    return states


def _needed(graph: Graph, exit: int) -> set[str]:
    """The cells of which an exit needs something, its own head among them."""
    needs = needed_by(graph)
    return {node.cell.id for node in graph if needs[node.id] >> exit & 1}


def _order(graph: Graph, schedule: Schedule) -> dict[str, int]:
    """The number, from 1, at which the lazy schedule comes to each cell first."""
    cells = dict.fromkeys(graph[id].cell.id for section in schedule.sections for id in section.nodes)
    return {id: number for number, id in enumerate(cells, start=1)}
