"""`msdl why`: says which exits need a cell, and through what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from msdl.cli.options import compilation, set_option, spec_argument
from msdl.cli.output import FINE, INVALID, put, report_grave

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.analysis.place import Place
    from msdl.network.graph import Graph

FORMAT_VERSION = 1


def complete_cell(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The cells of the SPEC; where none goes on like this, its nodes."""
    from click.shell_completion import CompletionItem

    spec = ctx.params.get("spec")
    graph = compilation(spec, ctx.params.get("settings") or {}).graph if spec and spec != "-" else None
    if graph is None:
        return []
    cells, nodes = ([id for id in ids if id.startswith(incomplete)] for ids in (graph.outputs, graph.nodes))
    return [CompletionItem(id) for id in cells or nodes]


@click.command("why")
@spec_argument
@click.argument("cell", metavar="[CELL]", required=False, shell_complete=complete_cell)
@click.option("--unused", is_flag=True, help="Rather than about a CELL, say what no exit needs.")
@click.option("--format", type=click.Choice(["human", "json"]), default="human")
@set_option
def command(spec: str, cell: str | None, unused: bool, format: str, settings: dict[str, str]) -> int:
    """Say which exits need a cell, and through what: the shortest chain of cells from it to each of them.

    A CELL is the id of a cell or a node, as in `msdl show SPEC --stage graph`, or the name of an exit.

    \b
    Examples:
      msdl why msdnet_cifar_anytime layer7.scale2
      msdl why net.msd layer7.scale2.diagonal.0
      msdl why net.msd exit3 --format json
      msdl why msdnet_cifar_unreduced --unused

    \b
    A chain names the rules of the spec that lead from cell to cell:
      layer7.scale2 -diagonal-> layer8.scale3 -dense x3-> layer11.scale3 ..
    `dense` and `residual` are the history, which passes the old value on.
    """
    if unused == (cell is not None):
        raise click.UsageError("Give either a CELL or --unused.")
    network = compilation(spec, settings)
    report_grave(network.diagnostics)
    if not network.valid or network.graph is None:
        return INVALID
    put(_unneeded(network.graph, format) if cell is None else _reason(network.graph, cell, format))
    return FINE


def _unneeded(graph: Graph, format: str) -> str:
    from msdl.analysis.unneeded import unneeded
    from msdl.cli.why import reasons

    found = unneeded(graph)
    if format == "json":
        return _json(reasons.unneeded_data(graph, found))
    return "\n".join(reasons.unneeded_lines(graph, found))


def _reason(graph: Graph, word: str, format: str) -> str:
    from msdl.analysis.reason import reason
    from msdl.cli.why import reasons

    found = reason(graph, _place(graph, word))
    if format == "json":
        return _json(reasons.reason_data(graph, found))
    return "\n".join(reasons.reason_lines(graph, found))


def _json(data: dict[str, object]) -> str:
    return json.dumps({"format_version": FORMAT_VERSION, **data}, indent=2)


def _place(graph: Graph, word: str) -> Place:
    """The place a CELL names. Raises BadParameter: the spec is as it should be, the command's line is not."""
    from msdl.analysis.place import place

    found = place(graph, word)
    if found is None:
        message = f"{graph.name} has no cell, node or exit '{word}'; {_hint(graph, word)}"
        raise click.BadParameter(message, param_hint="CELL")
    return found


def _hint(graph: Graph, word: str) -> str:
    """Where the scale that was asked for has cells, or what was meant."""
    from msdl.analysis.place import coordinates
    from msdl.language.suggest import did_you_mean

    layer, scale = coordinates(word) or (0, 0)
    layers = [node.cell.layer for node in graph if node.cell.role == "cell" and node.cell.scale == scale]
    if layers and not min(layers) <= layer <= max(layers):
        return f"scale {scale} has cells at layers {min(layers)} to {max(layers)}"
    cell = ".".join(word.split(".")[:2])
    nodes = [node.id for node in graph if node.cell.id == cell]
    known = [*graph.outputs, *(exit.name for exit in graph.exits), *nodes]
    return did_you_mean(word, known) or "`msdl show SPEC --stage graph` lists them"
