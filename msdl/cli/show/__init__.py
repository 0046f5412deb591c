"""`msdl show`: prints a stage of the compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from msdl.cli.options import compilation, format_option, set_option, spec_argument
from msdl.cli.output import FINE, INVALID, put, report_problems
from msdl.cli.values import as_json

if TYPE_CHECKING:
    from msdl.compilation import Compilation

T = TypeVar("T")


@click.command("show")
@spec_argument
@click.option("--stage", type=click.Choice(["document", "spec", "graph", "schedule"]), required=True)
@format_option("json")
@set_option
def command(spec: str, stage: str, format: str, settings: dict[str, str]) -> int:
    """Print a stage of the compiler.

    \b
    document  the syntax tree, every node with its place
    spec      the network: parameters applied, the numbers of its scales worked out
    graph     every layer with its shape and what it reads, as elaborated
    schedule  what each exit newly computes, in order, and what is kept for later ones

    A stage that mistakes didn't prevent is printed all the same.
    """
    network = compilation(spec, settings)
    report_problems(network.diagnostics)
    text = _text(network, stage, format)
    if text is not None:
        put(text)
    return FINE if network.valid else INVALID


def _text(network: Compilation, stage: str, format: str) -> str | None:
    """A stage as text, or None where mistakes prevented it."""
    from msdl.cli.show import stages

    match stage:
        case "document":
            return _printed(network.document, format, stages.document_data, stages.document_lines)
        case "spec":
            return _printed(network.spec, format, stages.spec_data, stages.spec_lines)
        case "graph":
            return _printed(network.graph, format, stages.graph_data, stages.graph_lines)
        case _:
            schedule = network.schedule if network.valid else None
            return _printed(schedule, format, stages.schedule_data, stages.schedule_lines)


def _printed(
    value: T | None, format: str, data: Callable[[T], dict[str, Any]], lines: Callable[[T], Iterable[str]]
) -> str | None:
    if value is None:
        return None
    return as_json(data(value)) if format == "json" else "\n".join(lines(value))
