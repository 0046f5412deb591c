"""`msdl compile`: writes a network as a PyTorch module."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from msdl.cli.options import compilation, set_option, spec_argument
from msdl.cli.output import FINE, INVALID, put, report_grave, write


@click.command("compile")
@spec_argument
@click.option("-o", "--output", metavar="F.py", help="The file; else standard output.")
@click.option("--exit", "exit_", metavar="K", help="Only this exit, by its name or its number, counted from 1.")
@set_option
def command(spec: str, output: str | None, exit_: str | None, settings: dict[str, str]) -> int:
    """Write a network as a PyTorch module: readable source that needs torch alone.

    \b
    Examples:
      msdl compile net.msd -o net.py
      msdl compile msdnet_cifar_anytime --exit 3 -o third.py
      msdl compile msdnet_cifar_budgeted --set K=5
    """
    if output is not None and _is_spec(spec, output):
        raise click.UsageError(f"'{output}' is the spec itself; it would be lost.")
    network = compilation(spec, settings, exit_)
    report_grave(network.diagnostics)
    if not network.valid:
        return INVALID
    source = network.emit("torch")
    if output is None or output == "-":
        put(source)
    else:
        write(output, source)
    return FINE


def _is_spec(spec: str, output: str) -> bool:
    """Whether the output is the file that SPEC, `file` or `file:network`, names."""
    for name in (spec, spec.rpartition(":")[0]):
        with suppress(OSError, ValueError):  # one of them doesn't exist
            if Path(name).samefile(output):
                return True
    return False
