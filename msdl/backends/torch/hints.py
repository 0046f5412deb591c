"""What parts of a network could be called: after the block they come from, else after their role."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msdl.backends.torch.naming import camel
from msdl.backends.torch.parts import Part
from msdl.backends.torch.structure import Unit
from msdl.network.graph import Cell, Node
from msdl.network.layers import Add, Concat

# The paths of a cell; other names below a cell are those of equations.
PATH = re.compile(r"(vertical|horizontal|diagonal|up|from|then|transition)[0-9]*(_[0-9]+)?")
ROLES = {"cell": "layer", "exit": "classifier"}


def chain_hint(path: str, nodes: Sequence[Node]) -> str:
    """`h` for a path of the block h, `basic_main` for an equation of the block basic, `vertical` without a block."""
    cell, block = nodes[0].cell, block_of(nodes)
    words = [word for word in path[len(cell.id) :].strip(".").split(".") if word and not word.isdigit()]
    is_path = bool(words) and PATH.fullmatch(words[-1]) is not None
    if block:
        return f"{block}_{words[-1]}" if words and not is_path else block
    return _spelled(words[-1]) if words else ROLES.get(cell.role, cell.role)


def class_hint(unit: Unit, cell: Cell, nested_in: str) -> str:
    """`DiagonalHorizontalCell` after the paths, `Basic` after the block, `DenseCell` after the history.

    `BasicOut` after an equation of the block, nested in its class.
    """
    words = [word for word in unit.part.path[len(cell.id) :].split(".") if word and not word.isdigit()]
    if not words and paths(unit.part):
        return camel(*paths(unit.part)[:3], "cell")
    nodes = list(unit.part.nodes())
    if block := block_of(nodes):
        name = camel(block)
        if not nested_in.startswith(name):
            return name
        equations = [word for word in words if not PATH.fullmatch(word)]
        return camel(block, *(equations[-1:] or ["part"]))
    if words:
        return camel(*words)
    match next((node.layer for node in nodes if node.id == cell.id), None):
        case Concat():
            return "DenseCell"
        case Add():
            return "ResidualCell"
        case _:
            return "Gated" if cell.role == "exit" else camel(cell.role)


def paths(part: Part) -> list[str]:
    """The kinds of a cell's paths."""
    return list(dict.fromkeys(_spelled(child.name) for child in part.modules if PATH.fullmatch(child.name)))


def block_of(nodes: Sequence[Node]) -> str:
    """The block that all nodes come from; the join of a cell's history comes from none."""
    blocks = {node.block for node in nodes if node.id != node.cell.id}
    return blocks.pop() if len(blocks) == 1 else ""


def _spelled(path: str) -> str:
    """`from3` as `from`."""
    return re.sub(r"(_?[0-9]+)+$", "", path) or path
