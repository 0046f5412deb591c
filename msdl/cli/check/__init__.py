"""`msdl check`: says what is wrong with specs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from msdl.cli.options import compilation, format_option, from_stdin, read_stdin_once, set_option, specs_argument
from msdl.cli.output import FINE, INVALID, put, report
from msdl.diagnostics import fails
from msdl.report import FOR_MACHINES, FORMATS, brief, render

if TYPE_CHECKING:
    from msdl.compilation import Compilation


@click.command("check")
@specs_argument
@format_option(
    *(name for name in FORMATS if name != "human"),
    about="json, sarif (2.1.0) and github (workflow commands) go to the standard output.",
)
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--watch", is_flag=True, help="Check again whenever a spec or a file it imports changes, until Ctrl-C.")
@set_option
def command(specs: tuple[str, ...], format: str, strict: bool, watch: bool, settings: dict[str, str]) -> int:
    """Say what is wrong with specs: every mistake, at its place.

    \b
    Examples:
      msdl check net.msd
      msdl check net.msd --watch
      msdl check specs/*.msd --format short
      msdl check specs/*.msd --strict --format sarif > msdl.sarif
      msdl check msdnet_imagenet --set spacing=0
    """
    read_stdin_once(*specs)
    check = partial(_check, specs, format, strict, settings)
    if watch:
        _refuse_watching(specs, format)
        from msdl.cli.check.watch import repeat

        repeat(check, specs)
    return check()


def _refuse_watching(specs: tuple[str, ...], format: str) -> None:
    if any(map(from_stdin, specs)):
        raise click.UsageError("The standard input can't be watched.")
    if format in FOR_MACHINES:
        raise click.UsageError(f"`--format {format}` is one report; `--watch` gives many.")


def _check(specs: tuple[str, ...], format: str, strict: bool, settings: dict[str, str]) -> int:
    compilations = {name: network for spec in specs for name, network in _networks(spec, settings)}
    found = tuple(dict.fromkeys(d for network in compilations.values() for d in network.diagnostics))
    if format in FOR_MACHINES:
        if text := render(found, format, strict=strict):
            put(text)
    else:
        report(found, format)
        for name, network in compilations.items():
            if not fails(network.diagnostics, strict):
                put(f"{brief(name)}: ok")
    return INVALID if fails(found, strict) else FINE


def _networks(spec: str, settings: dict[str, str]) -> Iterator[tuple[str, Compilation]]:
    """What a SPEC names: one network, or every network of a file that holds several."""
    file = compilation(spec, settings)
    networks = file.document.networks if file.document else ()
    if file.chosen is not None or len(networks) < 2:
        yield spec, file
        return
    for network in networks:
        yield f"{spec}:{network.name.text}", file.of_network(network.name.text)
