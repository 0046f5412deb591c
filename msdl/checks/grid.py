"""Laws of the grid that a slip easily breaks: nothing is computed, and no scale declared, for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msdl.checks.subject import Subject
from msdl.diagnostics import Diagnostic, Label, Severity
from msdl.network.graph import Cell

MOST_NAMED = 4


def exits_read_compressed_maps(subject: Subject) -> Iterator[Diagnostic]:
    """An exit at the layer of a transition reads the map behind it: worth knowing, since both are said elsewhere."""
    for exit in subject.graph.exits:
        if f".scale{exit.scale}.transition" in exit.features and exit.features.startswith(f"layer{exit.layer}."):
            yield Diagnostic(
                "MSD511",
                Severity.NOTE,
                f"{exit.name} and a transition meet at layer {exit.layer}: the exit reads the compressed map.",
                exit.span,
                "",
                (Label(subject.graph[exit.features].span, "compressed here"),),
            )


def nodes_reach_an_exit(subject: Subject) -> Iterator[Diagnostic]:
    """Every node reaches an exit; those that don't are dropped, with a note for each statement."""
    dropped: dict[str, Cell] = {}
    for node in subject.graph.layers:
        if node.id not in subject.pruned:
            dropped.setdefault(node.cell.id, node.cell)
    alive = {node.cell.id for node in subject.pruned}
    by_statement = sorted(dropped.values(), key=lambda cell: (cell.span.start, cell.layer, cell.scale))
    for span, cells in groupby(by_statement, key=lambda cell: cell.span):
        ids = [cell.id if cell.id not in alive else f"part of {cell.id}" for cell in cells]
        listed = ", ".join(ids[:MOST_NAMED]) + (f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else "")
        message = f"No exit needs {listed}; {'it is' if len(ids) == 1 else 'they are'} dropped."
        yield Diagnostic("MSD514", Severity.NOTE, message, span, "made here")


def scales_are_used(subject: Subject) -> Iterator[Diagnostic]:
    """Every declared scale is used by an exit, directly or through others."""
    used = {node.cell.scale for node in subject.pruned}
    unused = [scale for scale in range(1, subject.graph.scales + 1) if scale not in used]
    if not unused:
        return
    *first, last = map(str, unused)
    what = f"Scales {', '.join(first)} and {last} are never used" if first else f"Scale {last} is never used"
    caption = f"{subject.graph.scales} scales are declared here"
    yield Diagnostic(
        "MSD512", Severity.WARNING, f"{what}: no exit depends on what is there.", subject.spec.scales.span, caption
    )
