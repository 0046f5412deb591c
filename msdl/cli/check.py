"""`msdl check`: says what is wrong with specs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from msdl.cli.options import compilation, set_option, specs_argument
from msdl.cli.output import FINE, INVALID, put, report
from msdl.diagnostics import Diagnostic, Severity
from msdl.report import FORMATS, render

if TYPE_CHECKING:
    from msdl.compilation import Compilation


@click.command("check")
@specs_argument
@click.option("--format", type=click.Choice([*FORMATS]), default="human", help="json goes to the standard output.")
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@set_option
def command(specs: tuple[str, ...], format: str, strict: bool, settings: dict[str, str]) -> int:
    """Say what is wrong with specs: every mistake, at its place.

    \b
    Examples:
      msdl check net.msd
      msdl check specs/*.msd --format short
      msdl check msdnet_imagenet --set spacing=0
    """
    if specs.count("-") > 1:
        raise click.UsageError("The standard input can be read once.")
    compilations = {name: network for spec in specs for name, network in _networks(spec, settings)}
    found = tuple(dict.fromkeys(d for network in compilations.values() for d in network.diagnostics))
    if format == "json":
        put(render(found, "json"))
    else:
        report(found, format)
        for name, network in compilations.items():
            if not _is_grave(network.diagnostics, strict):
                put(f"{name}: ok")
    return INVALID if _is_grave(found, strict) else FINE


def _is_grave(diagnostics: tuple[Diagnostic, ...], strict: bool) -> bool:
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return any(diagnostic.severity in grave for diagnostic in diagnostics)


def _networks(spec: str, settings: dict[str, str]) -> Iterator[tuple[str, Compilation]]:
    """What a SPEC names: one network, or every network of a file that holds several."""
    file = compilation(spec, settings)
    networks = file.document.networks if file.document else ()
    if file.chosen is not None or len(networks) < 2:
        yield spec, file
        return
    for network in networks:
        yield f"{spec}:{network.name.text}", file.of_network(network.name.text)
