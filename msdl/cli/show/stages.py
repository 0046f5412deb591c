"""The stages of the compiler as data, for `msdl show --format json`, and as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

from msdl.cli.values import place, plain
from msdl.cli.wording import columns
from msdl.language import syntax as ast
from msdl.language.numbers import counted, show
from msdl.language.spec import NetworkSpec
from msdl.network.graph import Exit, Graph, Node
from msdl.network.schedule import Schedule

INDENT = "  "


# Document -------------------------------------------------------------------------------------------------


def document_data(document: ast.Document) -> dict[str, Any]:
    data: dict[str, Any] = plain(document)
    return data


def document_lines(document: ast.Document) -> Iterator[str]:
    return _tree("", document_data(document), 0)


def _tree(label: str, value: Any, depth: int) -> Iterator[str]:
    """A node as `name: Kind place`, its parts under it; a part without parts of its own as `name: value`."""
    start = INDENT * depth + (f"{label}: " if label else "")
    match value:
        case {"kind": "Name"}:
            yield f"{start}{value['text']}  {value['span']}"
        case {"kind": kind}:
            yield f"{start}{kind}  {value.get('span', '')}".rstrip()
            for name, part in value.items():
                if name not in ("kind", "span"):
                    yield from _tree(name, part, depth + 1)
        case []:
            return
        case [*items]:
            for number, item in enumerate(items, 1):
                yield from _tree(f"{label}[{number}]", item, depth)
        case None:
            return
        case _:
            yield f"{start}{value}"


# Spec -----------------------------------------------------------------------------------------------------


def spec_data(spec: NetworkSpec) -> dict[str, Any]:
    return {
        "network": spec.name.text,
        "parameters": plain(spec.parameters),
        "set": sorted(spec.set_by_user),
        "numbers": plain(spec.numbers),
        "image": plain(spec.image),
        "scales": {"count": spec.scales.count, "columns": plain(spec.scales.columns)},
        "blocks": [*spec.blocks],
        "statements": [
            {"kind": type(item).__name__, "text": item.span.text, "place": place(item.span)}
            for item in _statements(spec)
        ],
    }


def _statements(spec: NetworkSpec) -> list[Any]:
    """What the network does, in the order in which it is written."""
    single = [item for item in (spec.stem, spec.vertical) if item is not None]
    items = [*single, *spec.program, *spec.reductions, *spec.transitions, *spec.exits]
    return sorted(items, key=lambda item: item.span.start)


def spec_lines(spec: NetworkSpec) -> Iterator[str]:
    yield f"network {spec.name.text}"
    yield f"{INDENT}input {' x '.join(map(str, spec.image or ('?',)))}"
    for name, number in spec.parameters.items():
        yield f"{INDENT}parameter {name} = {show(number)}{' (set)' if name in spec.set_by_user else ''}"
    for name, number in spec.numbers.items():
        if name not in spec.parameters:
            yield f"{INDENT}let {name} = {show(number)}"
    yield f"{INDENT}scales {spec.scales.count}"
    for name, column in spec.scales.columns.items():
        yield f"{INDENT * 2}{name} {', '.join(map(show, column))}"
    if spec.blocks:
        yield f"{INDENT}blocks {', '.join(spec.blocks)}"
    for item in _statements(spec):
        yield f"{INDENT}{' '.join(item.span.text.split())}"


# Graph ----------------------------------------------------------------------------------------------------


def graph_data(graph: Graph) -> dict[str, Any]:
    return {
        "network": graph.name,
        "image": [*graph.image.extents],
        "scales": graph.scales,
        "exits": [_exit_data(exit) for exit in graph.exits],
        "nodes": [_node_data(node) for node in graph],
    }


def _exit_data(exit: Exit) -> dict[str, Any]:
    return {
        "name": exit.name,
        "layer": exit.layer,
        "scale": exit.scale,
        "features": exit.features,
        "output": exit.output,
    }


def _node_data(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "layer": plain(node.layer),
        "inputs": [*node.inputs],
        "shape": None if node.shape is None else [*node.shape.extents],
        "cell": {"id": node.cell.id, "role": node.cell.role, "layer": node.cell.layer, "scale": node.cell.scale},
        "block": node.block,
        "line": node.span.line,
    }


def graph_lines(graph: Graph) -> Iterator[str]:
    yield f"{graph.name}: {counted(len(graph), 'node')}, {counted(len(graph.exits), 'exit')}"
    yield from columns([[node.id, str(node.shape or "?"), _layer(node), _inputs(node)] for node in graph], "<<<<")
    for exit in graph.exits:
        yield f"{exit.name}: {exit.output}, from {exit.features}"


def _layer(node: Node) -> str:
    """`Conv inputs=3 outputs=16 kernel=(3, 3)`: a layer with what isn't its default."""
    layer = node.layer
    named = ((slot.name, getattr(layer, slot.name), slot.default) for slot in fields(layer))
    said = (f"{name}={value}" for name, value, default in named if default is MISSING or value != default)
    return " ".join([type(layer).__name__, *said])


def _inputs(node: Node) -> str:
    return f"<- {', '.join(node.inputs)}" if node.inputs else ""


# Schedule -------------------------------------------------------------------------------------------------


def schedule_data(schedule: Schedule) -> dict[str, Any]:
    return {
        "sections": [
            {"exit": section.exit.name, "nodes": [*section.nodes], "state": [*section.state]}
            for section in schedule.sections
        ]
    }


def schedule_lines(schedule: Schedule) -> Iterator[str]:
    for section in schedule.sections:
        exit = section.exit
        yield f"{exit.name} (layer {exit.layer}, scale {exit.scale}): {counted(len(section.nodes), 'node')}"
        yield from (f"{INDENT}{id}" for id in section.nodes)
        yield f"{INDENT}state: {', '.join(section.state) or 'none'}"
