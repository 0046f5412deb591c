"""What the commands' lines have in common: SPEC and `--set`, and the compilation they ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from msdl import library

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.compilation import Compilation

Command = TypeVar("Command", bound=Callable[..., Any])


def complete_spec(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Library networks, `.msd` files, and the folders they may lie in (first: bash forgets what came before)."""
    from click.shell_completion import CompletionItem

    networks = [name for name in library.specs() if name.startswith(incomplete)]
    values = [*networks, *_files(incomplete)]
    return [CompletionItem(incomplete, type="dir"), *(CompletionItem(value) for value in values)]


def _files(incomplete: str) -> list[str]:
    folder, slash, start = incomplete.rpartition("/")
    try:
        names = sorted(path.name for path in Path(folder + slash).glob("*.msd"))
    except (OSError, ValueError):
        return []
    return [folder + slash + name for name in names if name.startswith(start)]


def spec_argument(command: Command) -> Command:
    return click.argument("spec", metavar="SPEC", shell_complete=complete_spec)(command)


def specs_argument(command: Command) -> Command:
    return click.argument("specs", metavar="SPEC..", nargs=-1, required=True, shell_complete=complete_spec)(command)


def set_option(command: Command) -> Command:
    return click.option(
        "--set", "settings", metavar="NAME=VALUE", multiple=True, callback=settings_of,
        help="Give a parameter of the network another value; can be repeated.",
    )(command)  # fmt: skip


def settings_of(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Values by name; whether the network has such a parameter and can take the value, the compiler says."""
    settings: dict[str, str] = {}
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        if not name or not value:
            raise click.BadParameter(f"'{text}' doesn't have the form NAME=VALUE.", ctx, param)
        if name in settings:
            raise click.BadParameter(f"'{name}' is set twice.", ctx, param)
        settings[name] = value
    return settings


def compilation(spec: str, settings: dict[str, str], exit: str | int | None = None) -> Compilation:
    """The compilation of a SPEC; what is wrong is in its diagnostics."""
    from msdl.compilation import Compilation

    if spec == "-" and sys.stdin is None:
        raise click.UsageError("The standard input is closed.")
    # Not as keywords of `of`: a parameter may have the name of one of its arguments.
    return replace(Compilation.of(spec), settings=settings, exit=exit)
