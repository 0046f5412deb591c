"""Why cells are there as data, for `msdl why --format json`, and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from msdl.analysis.chain_of_need import Chain
from msdl.analysis.part import Part
from msdl.analysis.reason import Reason
from msdl.analysis.sweeps import place
from msdl.analysis.unneeded import Unneeded
from msdl.cli.wording import columns, enumeration, word, wrapped
from msdl.language.numbers import counted
from msdl.network.graph import Graph
from msdl.report import clean, span_data
from msdl.source import Span

INDENT = "  "
# Two equal steps are sooner read than counted.
LONGEST_RUN = 2


# A cell or a node -----------------------------------------------------------------------------------------


def reason_data(graph: Graph, reason: Reason) -> dict[str, Any]:
    chains = [None if chain is None else _chain_data(chain) for chain in reason.chains]
    return {
        "network": graph.name,
        "place": _part_data(reason.part),
        "first_exit": None if reason.first is None else reason.first.name,
        "exits": [
            {"name": exit.name, "layer": exit.layer, "scale": exit.scale, "chain": chain}
            for exit, chain in zip(graph.exits, chains, strict=True)
        ],
        "read_by": [{"id": id, "needed": needed} for id, needed in reason.readers.items()],
    }


def _chain_data(chain: Chain) -> list[dict[str, Any]]:
    return [{"cell": step.cell, "through": [*step.through]} for step in chain]


def _part_data(part: Part) -> dict[str, Any]:
    return {
        "id": part.id,
        "instead_of": part.instead_of,
        "kind": "cell" if part.is_cell else "node",
        "role": part.cell.role,
        "layer": part.cell.layer,
        "scale": part.cell.scale,
        "value": part.value.id,
        "shape": [*part.value.size.extents],
        "nodes": [node.id for node in part.nodes],
        "parameters": part.parameters,
        "macs": part.macs,
        "written": span_data(_span(part)),
    }


def _span(part: Part) -> Span:
    """The statement a cell was written in, the word a node was written with."""
    return part.cell.span if part.is_cell else part.value.span


def reason_lines(graph: Graph, reason: Reason) -> Iterator[str]:
    part = reason.part
    if part.instead_of is not None:
        yield f"{part.instead_of} has no node of its own: its value is that of {part.id}."
    yield f"{part.id}: {place(part.cell)}, value {part.value.size}"
    kind = counted(len(part.nodes), "node") if part.is_cell else word(part.value.layer)
    yield f"{INDENT}{kind}, {counted(part.parameters, 'parameter')}, {counted(part.macs, 'MAC')}"
    yield f"{INDENT}{_written(_span(part))}"
    yield ""
    yield from _not_needed(reason) if reason.first is None else _needed(graph, reason)


def _written(span: Span) -> str:
    """`net.msd:7:3: layers depth dense(growth) {`: where something was written and, without a comment, what."""
    line, column = span.source.position(span.start)
    text = span.source.line(line)[column - 1 :][: span.end - span.start].partition("#")[0]
    return clean(f"{span.source.name}:{line}:{column}: {text.strip()}")


def _needed(graph: Graph, reason: Reason) -> Iterator[str]:
    assert reason.first is not None
    needing = sum(chain is not None for chain in reason.chains)
    verb = "needs" if needing == 1 else "need"
    section = graph.exits.index(reason.first) + 1
    exits = f"{needing} of {counted(len(graph.exits), 'exit')}"
    yield f"{exits} {verb} it; it is computed in section {section}, for {reason.first.name}."
    width = max(len(exit.name) for exit in graph.exits)
    for exit, chain in zip(graph.exits, reason.chains, strict=True):
        parts = ["doesn't need it"] if chain is None else _arrows(chain)
        yield wrapped([f"{INDENT}{exit.name:{width}} ", *parts], len(INDENT) + width + 2)


def _arrows(chain: Chain) -> list[str]:
    """`layer7.scale2`, `-diagonal-> layer8.scale3`, `-dense x3-> layer11.scale3`: many equal steps are one."""
    parts = [chain[0].cell]
    for through, steps in groupby(chain[1:], key=lambda step: step.through):
        run = [*steps]
        rules = "+".join(through)
        if len(run) > LONGEST_RUN:
            parts.append(f"-{rules} x{len(run)}-> {run[-1].cell}")
        else:
            parts += [f"-{rules}-> {step.cell}" for step in run]
    return parts


def _not_needed(reason: Reason) -> Iterator[str]:
    yield "No exit needs it, so it is in the graph but not in the compiled network."
    part, readers = reason.part, [*reason.readers]
    if part.value not in part.nodes:
        yield f"The value at this place is that of {part.value.cell.id}."
    elif readers:
        yield f"It is read by {enumeration(readers)}, which no exit needs either."
    else:
        yield "Nothing reads it."


# What no exit needs ---------------------------------------------------------------------------------------


def unneeded_data(graph: Graph, found: Sequence[Unneeded]) -> dict[str, Any]:
    return {
        "network": graph.name,
        "nodes": sum(len(item.part.nodes) for item in found),
        "parameters": sum(item.part.parameters for item in found),
        "macs": sum(item.part.macs for item in found),
        "places": [{**_part_data(item.part), "read_by": [*item.readers]} for item in found],
    }


def unneeded_lines(graph: Graph, found: Sequence[Unneeded]) -> Iterator[str]:
    if not found:
        yield f"{graph.name}: every node is needed by an exit."
        return
    parts = [item.part for item in found]
    nodes = counted(sum(len(part.nodes) for part in parts), "node")
    parameters = counted(sum(part.parameters for part in parts), "parameter")
    macs = counted(sum(part.macs for part in parts), "MAC")
    yield f"{graph.name}: no exit needs {nodes} of {len(graph):,}. Dropping them saves {parameters} and {macs}."
    yield ""
    yield from columns([["", "nodes", "parameters", "MACs", "read by"], *map(_row, found)], "<>>><")


def _row(item: Unneeded) -> list[str]:
    part = item.part
    numbers = (len(part.nodes), part.parameters, part.macs)
    return [part.id, *(f"{number:,}" for number in numbers), enumeration(item.readers) or "nothing"]
