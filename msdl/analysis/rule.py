"""The rule of the language that made a node, told from its id."""

from __future__ import annotations

from msdl.analysis.sweeps import sweep
from msdl.network.graph import Node
from msdl.network.layers import Add, Concat, Unpool

PATHS = ("vertical", "diagonal", "horizontal", "up", "from", "then", "transition")
HISTORIES = {Concat: "dense", Add: "residual"}


def rule(node: Node, source: Node | None) -> str:
    """The rule of the language that a node was made by, told from its id; nothing where paths of a cell are joined."""
    cell = node.cell
    if cell.role != "cell":
        return cell.role
    if source is not None and source.cell.id != cell.id and _undoes(node, source):
        return "unpool"
    name = node.within.partition(".")[0].partition("_")[0]
    if name.rstrip("0123456789") in PATHS:
        return name
    if name not in ("", "join"):
        return "layer"
    return "" if source is None or source.cell.id == cell.id else _passed_on(source, node)


def _undoes(node: Node, source: Node) -> bool:
    """Whether a node reads another only to undo the max pool that read that."""
    return isinstance(node.layer, Unpool) and source.id == node.inputs[1] != node.inputs[0]


def _passed_on(source: Node, node: Node) -> str:
    """What brings another cell's value into a join as it is: the history, or a path that is `identity`."""
    step = source.cell.scale - node.cell.scale
    if sweep(node.cell) and abs(step) <= 1:
        return "vertical" if step else "horizontal"
    if step == 0:
        return HISTORIES.get(type(node.layer), "horizontal")
    return {-1: "diagonal", 1: "up"}.get(step, f"from{source.cell.scale}")
