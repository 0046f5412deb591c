"""The difference between two networks as data, for `msdl diff --format json`, and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from msdl.analysis.difference import Change, Difference, Kind, difference
from msdl.cli.cost.tables import network_data
from msdl.cli.diff.changes import described
from msdl.cli.diff.cost_changes import Row, tables
from msdl.cli.values import plain
from msdl.cli.wording import columns, enumeration
from msdl.compilation import Compilation
from msdl.language.numbers import counted
from msdl.network.cost import Costs
from msdl.network.graph import Node
from msdl.network.tensors import tensors

INDENT = "  "
MOST_LISTED = 10
TITLES: dict[Kind, str] = {
    "added": "Added",
    "removed": "Removed",
    "reshaped": "Reshaped",
    "altered": "With the same parameters or none, but computing something else",
    "alone": "Without parameters, in one of the networks alone",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two networks' costs and their difference."""

    old: Costs
    new: Costs
    difference: Difference

    @classmethod
    def of(cls, old: Compilation, new: Compilation) -> Comparison:
        return cls(old.costs, new.costs, difference(old.network, new.network))

    @property
    def exits(self) -> list[Row]:
        """What the exits cost in both networks."""
        return [
            (
                pair.cell,
                None if pair.old is None else self.old.exits[pair.old],
                None if pair.new is None else self.new.exits[pair.new],
            )
            for pair in self.difference.exits
        ]


# Data -----------------------------------------------------------------------------------------------------


def data(comparison: Comparison) -> dict[str, Any]:
    found = comparison.difference
    return {
        "old": network_data(comparison.old),
        "new": network_data(comparison.new),
        "loads": found.loads,
        "same": found.same,
        "kept": found.kept,
        **{kind: [_change_data(change) for change in found.of(kind)] for kind in TITLES},
        "same_input": found.same_input,
        "same_exits": found.same_exits,
        "exits": [
            {"cell": cell, "old": old and asdict(old), "new": new and asdict(new)}
            for cell, old, new in comparison.exits
        ],
    }


def _change_data(change: Change) -> dict[str, Any]:
    return {"id": change.id, "old": _node_data(change.old), "new": _node_data(change.new)}


def _node_data(node: Node | None) -> dict[str, Any] | None:
    if node is None:
        return None
    return {"layer": plain(node.layer), "inputs": [*node.inputs], "tensors": plain(tensors(node.layer))}


# Lines ----------------------------------------------------------------------------------------------------


def lines(comparison: Comparison, everything: bool, exact: bool) -> Iterator[str]:
    """For a person; `everything` lists every change rather than the first ones of each kind."""
    found = comparison.difference
    yield from columns([_network_row("OLD", comparison.old), _network_row("NEW", comparison.new)], "<<<>")
    yield ""
    yield from _verdict(found)
    for kind, title in TITLES.items():
        yield from _listed(title, found.of(kind), everything)
    if not found.same:
        yield ""
        yield from tables(comparison.exits, exact)


def _network_row(side: str, costs: Costs) -> list[str]:
    return [side, costs.network, f"input {costs.input}", counted(costs.parameters, "parameter")]


def _verdict(found: Difference) -> Iterator[str]:
    if found.same:
        yield "They are the same network: a checkpoint of OLD loads into NEW, and means the same there."
        return
    added, removed, reshaped = (len(found.of(kind)) for kind in ("added", "removed", "reshaped"))
    yield f"A checkpoint of OLD {'loads' if found.loads else 'does not load'} into NEW."
    changed = f"{added:,} added, {removed:,} removed, {reshaped:,} reshaped; {found.kept:,} unchanged"
    yield f"Nodes with parameters: {changed}."
    others = [*_others(found)]
    if others:
        yield f"{'But' if found.loads else 'Besides,'} {enumeration(others)}."


def _others(found: Difference) -> Iterator[str]:
    """What differs beyond the tensors: where weights load, that they mean something else."""
    altered, alone = len(found.of("altered")), len(found.of("alone"))
    if altered:
        yield f"{counted(altered, 'node')} {'computes' if altered == 1 else 'compute'} something else"
    if alone:
        yield f"{counted(alone, 'node')} without parameters {'is' if alone == 1 else 'are'} in one of them alone"
    if not found.same_input:
        yield "the input has another shape"
    if not found.same_exits:
        yield "the exits are not the same"


def _listed(title: str, changes: Sequence[Change], everything: bool) -> Iterator[str]:
    shown = changes if everything else changes[:MOST_LISTED]
    if shown:
        yield ""
        yield f"{title}:"
        yield from (INDENT + line for line in columns([[change.id, described(change)] for change in shown], "<<"))
    if len(shown) < len(changes):
        yield f"{INDENT}and {len(changes) - len(shown):,} more: --all lists them"
