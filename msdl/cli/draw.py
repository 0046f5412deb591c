"""`msdl draw`: draws a network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

import click

from msdl.cli.options import compilation, keep_spec, set_option, spec_argument
from msdl.cli.output import FINE, INVALID, STANDARD_OUTPUT, UNUSABLE, Unwritable, put, report_problems, write
from msdl.figure import FORMATS, Figure
from msdl.language.numbers import counted
from msdl.network.prune import chosen_exit
from msdl.report import brief

if TYPE_CHECKING:
    from msdl.drawing.picture import Picture

DRAWN = (("cell", "cell"), ("op", "op"), ("exit", "exit"))


@click.command("draw")
@spec_argument
@click.option("-o", "--output", metavar="F", help=f"The file; its suffix is the format: {', '.join(FORMATS)}.")
@click.option("--format", type=click.Choice([*FORMATS]), help="The format, whatever the suffix says.")
@click.option("--exit", "exit_", metavar="K", help="Colour what this exit needs; its name, or its number from 1.")
@click.option("--order", is_flag=True, help="Number the cells in the order of lazy evaluation.")
@click.option("--cost", is_flag=True, help="Shade the cells by their MACs.")
@click.option(
    "--dense", type=click.Choice(["auto", "all", "fold"]), default="auto",
    help="Dense connections: each, one bold line for all of a path, or as many as stay readable.",
)  # fmt: skip
@click.option("--detail", type=click.Choice(["cells", "ops"]), default="cells", help="Ops: open the cells.")
@set_option
def command(
    spec: str, output: str | None, format: str | None, exit_: str | None, order: bool, cost: bool,
    dense: Literal["auto", "all", "fold"], detail: Literal["cells", "ops"], settings: dict[str, str],
) -> int:  # fmt: skip
    """Draw a network: its grid, its exits, and what each exit needs.

    \b
    Examples:
      msdl draw net.msd -o net.svg
      msdl draw msdnet_cifar_anytime --exit 3 --order -o third.pdf
      msdl draw msdnet_imagenet --cost -o costs.html

    A spec with mistakes is drawn as far as it goes, what fails in red. `-o -` is the standard output, and SVG unless
    `--format` says otherwise.
    """
    if output is None:
        raise click.UsageError("Say where the drawing goes, such as `-o net.svg`.")
    format = format or _format(output)
    keep_spec(spec, output)
    network = compilation(spec, settings)
    chosen = exit_ if exit_ is not None and network.graph and chosen_exit(network.graph, exit_) else None
    if network.valid and chosen != exit_:
        # Compiling an exit that is not there says so.
        report_problems(replace(network, exit=exit_).diagnostics)
        return INVALID
    report_problems(network.diagnostics)
    if network.graph is None:
        click.echo("Nothing is drawn: there is no grid yet.", err=True)
        return INVALID
    _deliver(Figure(network, exit=chosen, order=order, cost=cost, dense=dense, detail=detail), format, output)
    return FINE if network.valid else INVALID


def _format(output: str) -> str:
    """The format that a file's suffix names. Raises UsageError for any other suffix."""
    if output == STANDARD_OUTPUT:
        return "svg"
    suffix = PurePath(output).suffix
    format = suffix.removeprefix(".").lower()
    if format not in FORMATS:
        found = f"'{suffix}' is no format of drawings" if suffix else f"'{output}' has no suffix that tells the format"
        raise click.UsageError(f"{found}; the formats are {', '.join(FORMATS)}.")
    return format


def _deliver(figure: Figure, format: str, output: str) -> None:
    """Writes the drawing and says what is in it. Raises UsageError, Unwritable, Undrawn."""
    from msdl.drawing.picture import TooLarge
    from msdl.drawing.render import Unrendered

    try:
        drawn = FORMATS[format](figure)
    except TooLarge as error:
        raise click.UsageError(f"The drawing would be too large: {error}.") from None
    except Unrendered as error:
        raise Undrawn(output, str(error)) from None
    if output == STANDARD_OUTPUT:
        put(drawn)
        return
    try:
        write(output, drawn)
    except Unwritable as error:
        raise error.with_help("`-o - --format dot` puts the drawing on the standard output, as DOT") from None
    put(f"{brief(output)}: {_summary(figure.picture)}")


class Undrawn(click.ClickException):
    """A drawing that nothing on this machine renders."""

    exit_code = UNUSABLE

    def __init__(self, output: str, reason: str) -> None:
        stem = output.rpartition(".")[0] if output != STANDARD_OUTPUT else "net"
        hint = f"`-o {stem}.dot` writes the drawing for Graphviz, `-o {stem}.tex` for LaTeX; neither needs it."
        super().__init__(f"'{output}' can't be drawn: {reason}.\n{hint}")


def _summary(picture: Picture) -> str:
    """`51 cells, 11 exits, 357 connections`; a folded line counts as all that it stands for."""
    roles = [box.role for box in picture.boxes]
    boxes = [counted(roles.count(role), noun) for role, noun in DRAWN if role in roles]
    return ", ".join([*boxes, counted(sum(len(line.sources) for line in picture.lines), "connection")])
