"""`msdl new`: starts a spec from a network of the library."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from msdl import library
from msdl.cli.options import completions, insist_on_library, set_option, sound
from msdl.cli.output import FINE, STANDARD_OUTPUT, put, write

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.compilation import Compilation


def complete_origin(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    return completions(_networks(), incomplete)


@click.command("new")
@click.argument("name")
@click.option(
    "--from", "origin", metavar="LIBRARY_SPEC", default="msdnet_cifar_anytime", show_default=True,
    shell_complete=complete_origin, help="The network of the library to start from.",
)  # fmt: skip
@click.option("-o", "--output", metavar="F.msd", help="The file; else NAME.msd. '-' is the standard output.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@set_option
def command(name: str, origin: str, output: str | None, force: bool, settings: dict[str, str]) -> int:
    """Start a spec from a network of the library: the same network, with a comment at every statement.

    \b
    Examples:
      msdl new mine
      msdl new mine --from msdnet_imagenet
      msdl new small --from msdnet_cifar_budgeted --set K=5 --set classes=10
    """
    _refuse_name(name)
    network = sound(str(_library_file(origin)), settings)
    from msdl.cli.new.starting_point import commands, starting_point

    if output == STANDARD_OUTPUT:
        put(starting_point(network, name, f"{name}.msd"))
        return FINE
    file = f"{name}.msd" if output is None else output
    _refuse_file(file, force, network)
    write(file, starting_point(network, name, Path(file).name))
    assert network.spec is not None
    next_steps = (f"  {line}" for line in commands(file, network.spec))
    put("\n".join([f"{file}: written, from {origin}. Next:", *next_steps]))
    return FINE


def _networks() -> dict[str, Path]:
    """The library's files that hold a network; the others hold blocks."""
    return {name: path for name, path in library.specs().items() if "\nnetwork " in path.read_text(encoding="utf-8")}


def _library_file(origin: str) -> Path:
    from msdl.language.suggest import did_you_mean

    networks = _networks()
    if origin not in networks:
        hint = did_you_mean(origin, networks) or f"the library has {', '.join(networks)}"
        raise click.UsageError(f"The library has no network '{origin}'; {hint}")
    return networks[origin]


def _refuse_name(name: str) -> None:
    """Refuses what the language can't call a network, and what would be mistaken for a network of the library."""
    from msdl.language.keywords import KEYWORDS, is_name

    taken = library.specs()
    if name in KEYWORDS:
        reason = "it is a keyword"
    elif not is_name(name):
        reason = "a name has letters, digits and '_', and doesn't start with a digit"
    elif name in taken:
        reason = "it is the name of a file of the library"
    else:
        return
    legal = re.sub(r"[^A-Za-z0-9_]+", "_", name.removesuffix(".msd")).strip("_") or "net"
    better = legal if is_name(legal) and legal not in taken else f"my_{legal}"
    raise click.UsageError(f"A network can't be called '{name}': {reason}. Try '{better}'.")


def _refuse_file(file: str, force: bool, network: Compilation) -> None:
    """Refuses a file that is there already, and a place from which an import would not lead to the library."""
    from msdl.language.syntax import Import

    path = Path(file)
    items = network.document.items if network.document else ()
    with suppress(OSError, ValueError):  # no file can have this name: writing it says so
        if path.is_file() and not force:
            raise click.UsageError(f"'{file}' is there already; --force overwrites it, -o F.msd writes elsewhere.")
        insist_on_library(path, [item.path for item in items if isinstance(item, Import)])
