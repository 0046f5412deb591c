"""`msdl list`: the library's networks."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from msdl import library
from msdl.cli.options import format_option
from msdl.cli.output import FINE, put

WIDTH_OF_A_PIPE = 1_000

Numbers = dict[str, int | float | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A network of the library; `name` is the SPEC that stands for it."""

    name: str
    network: str
    parameters: Numbers
    about: str


@click.command("list")
@format_option("json")
def command(format: str) -> int:
    """List the library's networks, with their parameters and defaults.

    \b
    Every name is a SPEC:
      msdl cost msdnet_imagenet --set spacing=6
    """
    entries = [entry for name, path in library.specs().items() for entry in _entries(name, path)]
    put(json.dumps([asdict(entry) for entry in entries], indent=2) if format == "json" else _human(entries))
    return FINE


def _entries(name: str, path: Path) -> Iterator[Entry]:
    """The networks of a file; one of several is named `file:network`."""
    from msdl.cli.values import plain_number
    from msdl.compilation import Compilation

    file = Compilation.of(path)
    networks = [] if file.document is None else [network.name.text for network in file.document.networks]
    for network in networks:
        spec = file.of_network(network).spec
        parameters = {} if spec is None else {key: plain_number(value) for key, value in spec.parameters.items()}
        about = "" if file.text is None else _about(file.text.text)
        yield Entry(name if len(networks) == 1 else f"{name}:{network}", network, parameters, about)


def _about(text: str) -> str:
    """The first comment line of a file."""
    comments = (line.strip() for line in text.splitlines() if line.strip().startswith("#"))
    return next(comments, "").lstrip("#").strip()


def _human(entries: Sequence[Entry]) -> str:
    """Names on the left; on the right what they are and, below it, their parameters."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from msdl.cli.wording import terminal_width

    table = Table.grid(padding=(0, 2))
    for entry in entries:
        table.add_row(Text(entry.name, no_wrap=True), Text(entry.about))
        table.add_row("", Text(", ".join(f"{name} = {value}" for name, value in entry.parameters.items())))
    text = io.StringIO()
    Console(file=text, width=terminal_width() or WIDTH_OF_A_PIPE, color_system=None).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines())
