"""`msdl why`: says which exits need a cell, and through what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from msdl.cli.options import compilation, completions, format_option, from_stdin, set_option, sound, spec_argument
from msdl.cli.output import FINE, put
from msdl.cli.values import as_json

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.analysis.part import Part
    from msdl.network.graph import Graph


def complete_cell(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The cells of the SPEC; where none goes on like this, its nodes."""
    spec = ctx.params.get("spec")
    if not spec or from_stdin(spec):
        return []
    graph = compilation(spec, ctx.params.get("settings") or {}).graph
    return [] if graph is None else completions(graph.outputs, incomplete) or completions(graph.nodes, incomplete)


@click.command("why")
@spec_argument
@click.argument("cell", metavar="[CELL]", required=False, shell_complete=complete_cell)
@click.option("--unused", is_flag=True, help="Rather than about a CELL, say what no exit needs.")
@format_option("json")
@set_option
def command(spec: str, cell: str | None, unused: bool, format: str, settings: dict[str, str]) -> int:
    """Say which exits need a cell, and through what: the shortest chain of cells from it to each of them.

    A CELL is the id of a cell or a node, as in `msdl show SPEC --stage graph`, or the name of an exit.

    \b
    Examples:
      msdl why msdnet_cifar_anytime layer7.scale2
      msdl why net.msd layer7.scale2.diagonal.0
      msdl why segnet "sweep enc at scale 3"
      msdl why net.msd exit3 --format json
      msdl why msdnet_cifar_unreduced --unused

    \b
    A chain names the rules of the spec that lead from cell to cell:
      layer7.scale2 -diagonal-> layer8.scale3 -dense x3-> layer11.scale3 ..
    `dense` and `residual` are the history, which passes the old value on.
    """
    if unused == (cell is not None):
        raise click.UsageError("Give either a CELL or --unused.")
    graph = sound(spec, settings).graph
    assert graph is not None
    put(_unneeded(graph, format) if cell is None else _reason(graph, cell, format))
    return FINE


def _unneeded(graph: Graph, format: str) -> str:
    from msdl.analysis.unneeded import unneeded
    from msdl.cli.why import reasons

    found = unneeded(graph)
    if format == "json":
        return as_json(reasons.unneeded_data(graph, found))
    return "\n".join(reasons.unneeded_lines(graph, found))


def _reason(graph: Graph, word: str, format: str) -> str:
    from msdl.analysis.reason import reason
    from msdl.cli.why import reasons

    found = reason(graph, _part(graph, word))
    if format == "json":
        return as_json(reasons.reason_data(graph, found))
    return "\n".join(reasons.reason_lines(graph, found))


def _part(graph: Graph, word: str) -> Part:
    """The part a CELL names. Raises BadParameter: the spec is as it should be, the command's line is not."""
    from msdl.analysis.part import part

    found = part(graph, word)
    if found is None:
        message = f"{graph.name} has no cell, node or exit '{word}'; {_hint(graph, word)}"
        raise click.BadParameter(message, param_hint="CELL")
    return found


def _hint(graph: Graph, word: str) -> str:
    """Where the scale that was asked for has cells, or what was meant."""
    from msdl.analysis.part import coordinates
    from msdl.language.suggest import did_you_mean

    layer, scale = coordinates(word) or (0, 0)
    layers = [node.cell.layer for node in graph if node.cell.role == "cell" and node.cell.scale == scale]
    if layers and not min(layers) <= layer <= max(layers):
        return f"scale {scale} has cells at layers {min(layers)} to {max(layers)}"
    cell = ".".join(word.split(".")[:2])
    nodes = [node.id for node in graph if node.cell.id == cell]
    known = [*graph.outputs, *(exit.name for exit in graph.exits), *nodes]
    return did_you_mean(word, known) or "`msdl show SPEC --stage graph` lists them"
