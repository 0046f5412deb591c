"""What the page's script knows of a network: plain data.

Boxes, exits and statements are called by their numbers, from 0: ids, a thousand times, would fill the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msdl.analysis.sweeps import place as where
from msdl.backends.html.members import Member, members
from msdl.backends.html.spec import is_here, lines, place
from msdl.drawing.picture import Line, Picture
from msdl.network.graph import Graph
from msdl.network.layers import macs
from msdl.network.schedule import Schedule
from msdl.source import Source, Span


def facts(
    picture: Picture, graph: Graph, schedule: Schedule | None, mistakes: Mapping[str, str], source: Source
) -> dict[str, Any]:
    """Everything about the boxes and lines of a picture; without a schedule there are no `steps`.

    `mistakes` says what is wrong in which cells; `source` is the file that the page shows.
    """
    found = members(picture, graph)
    numbers = {member.box.id: number for number, member in enumerate(found)}
    needs = _numbered(member.needs for member in found)
    spans = [_span(member, source) for member in found]
    statements = _numbered(spans)
    exits = {exit.cell.id: number for number, exit in enumerate(graph.exits)}
    return {
        "boxes": [
            _box(each, mistakes)
            | {"needs": needs[each.needs], "statement": statements[span], "exit": exits.get(each.cell.id)}
            for each, span in zip(found, spans, strict=True)
        ],
        "lines": [_line(line, numbers) for line in picture.lines],
        "needs": [[exit for exit in exits.values() if mask >> exit & 1] for mask in needs],
        "statements": [_statement(span, source) for span in statements],
        "exits": [{"name": exit.name, "layer": exit.layer} for exit in graph.exits],
        "steps": None if schedule is None else _steps(found, graph, schedule),
    }


def _numbered(things: Iterable[Any]) -> Mapping[Any, int]:
    """Different things in the order in which they come, with their numbers."""
    return {thing: number for number, thing in enumerate(dict.fromkeys(things))}


def _box(member: Member, mistakes: Mapping[str, str]) -> dict[str, Any]:
    box, cell, shape = member.box, member.cell, member.shape
    return {
        "id": box.id,
        "role": box.role,
        "at": [round(box.x, 2), round(-box.y, 2)],  # downwards, as on a page
        "layer": cell.layer,
        "scale": cell.scale,
        "place": where(cell),
        "shape": None if shape is None else [*shape.extents],
        "parameters": member.parameters,
        "macs": member.macs,
        "op": ", ".join(box.lines) if box.role == "op" else "",
        "mistake": mistakes.get(cell.id, "") if box.state == "failed" else "",
    }


def _line(line: Line, numbers: Mapping[str, int]) -> dict[str, Any]:
    sources = [numbers[id] for id in line.sources if id in numbers]
    return {"id": line.id, "kind": line.kind, "target": numbers[line.target], "sources": sources}


def _span(member: Member, source: Source) -> Span:
    """Where a box was written: an op's own word if it stands in the page's file, else the cell's statement."""
    words = [node.span for node in member.nodes if member.box.role == "op" and is_here(node.span, source)]
    return words[0] if words else member.cell.span


def _statement(span: Span, source: Source) -> dict[str, Any]:
    """Where something was written; `lines` where that is in the file that the page shows."""
    return {
        "place": place(span),
        "text": span.text.partition("\n")[0].strip(),
        "lines": lines(span) if is_here(span, source) else None,
    }


def _steps(found: Sequence[Member], graph: Graph, schedule: Schedule) -> list[tuple[int, int, int]]:
    """The lazy order: which box is computed, in whose section, with how many MACs.

    A box that several sections compute, each a part of it, has a step in each.
    """
    owners = {node.id: number for number, member in enumerate(found) for node in member.nodes}
    done: dict[tuple[int, int], int] = {}
    for number, section in enumerate(schedule.sections):
        for id in section.nodes:
            if id in owners:
                step = owners[id], number
                done[step] = done.get(step, 0) + macs(graph[id].layer, graph[id].size)
    return [(box, section, count) for (box, section), count in done.items()]
