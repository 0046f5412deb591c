"""What the commands' lines have in common: SPEC, `--set`, `--format` and `-o`, and the compilation they ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from msdl import library
from msdl.cli.output import INVALID, STANDARD_OUTPUT, report_problems

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from msdl.compilation import Compilation

Command = TypeVar("Command", bound=Callable[..., Any])


def completions(words: Iterable[str], incomplete: str) -> list[CompletionItem]:
    """Those of the words that go on like this."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in words if word.startswith(incomplete)]


def complete_spec(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Library networks, `.msd` files, and the folders they may lie in (first: bash forgets what came before)."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir"), *completions([*library.specs(), *_files(incomplete)], incomplete)]


def _files(incomplete: str) -> list[str]:
    """The specs of the folder that is being typed."""
    folder, slash, _ = incomplete.rpartition("/")
    try:
        return sorted(folder + slash + path.name for path in Path(folder + slash).glob("*.msd"))
    except (OSError, ValueError):
        return []


def spec_argument(command: Command) -> Command:
    return click.argument("spec", metavar="SPEC", shell_complete=complete_spec)(command)


def specs_argument(command: Command) -> Command:
    return click.argument("specs", metavar="SPEC..", nargs=-1, required=True, shell_complete=complete_spec)(command)


def settings_option(flag: str, name: str, about: str) -> Callable[[Command], Command]:
    return click.option(flag, name, metavar="NAME=VALUE", multiple=True, callback=_settings, help=about)


def set_option(command: Command) -> Command:
    about = "Give a parameter of the network another value; can be repeated."
    return settings_option("--set", "settings", about)(command)


def format_option(*formats: str, about: str | None = None) -> Callable[[Command], Command]:
    """`--format`, of which `human` is one."""
    return click.option("--format", type=click.Choice(["human", *formats]), default="human", help=about)


def output_option(metavar: str, about: str) -> Callable[[Command], Command]:
    return click.option("-o", "--output", metavar=metavar, default=STANDARD_OUTPUT, help=about)


def _settings(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
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

    if from_stdin(spec) and sys.stdin is None:
        raise click.UsageError("The standard input is closed.")
    # Not as keywords of `of`: a parameter may have the name of one of its arguments.
    return replace(Compilation.of(spec), settings=settings, exit=exit)


def sound(spec: str, settings: dict[str, str], exit: str | int | None = None) -> Compilation:
    """The compilation of a SPEC that has no errors; one that has some ends the command, and they are told."""
    network = compilation(spec, settings, exit)
    insist_on(network)
    return network


def insist_on(*networks: Compilation) -> None:
    """Tells what is wrong with networks, each problem once; errors end the command. Raises Exit."""
    report_problems(dict.fromkeys(diagnostic for network in networks for diagnostic in network.diagnostics))
    if not all(network.valid for network in networks):
        raise click.exceptions.Exit(INVALID)


def from_stdin(spec: str) -> bool:
    """Whether SPEC is the standard input, or a network that stands there."""
    from msdl.language.load import STANDARD_INPUT, readings

    return STANDARD_INPUT in readings(spec)


def read_stdin_once(*specs: str) -> None:
    """Refuses SPECs of which several are the standard input. Raises UsageError."""
    if sum(map(from_stdin, specs)) > 1:
        raise click.UsageError("The standard input can be read once.")


def insist_on_library(file: Path, imports: Iterable[str]) -> None:
    """Refuses a place for a spec from which its imports would not lead to the library. Raises UsageError."""
    for name in imports:
        beside = file.with_name(name)
        if beside == file or (beside.exists() and not beside.samefile(library.SPECS / name)):
            reason = f"The network imports '{name}' of the library, but would find '{beside}' first"
            raise click.UsageError(f"{reason}; -o F.msd writes elsewhere.")


class Share(click.FloatRange):
    """A number between 0 and 1."""

    name = "share"

    def __init__(self, one: bool = False) -> None:
        super().__init__(0, 1, min_open=True, max_open=not one)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if (number := super().convert(value, param, ctx)) != number:
            self.fail(f"{value} is not a number.", param, ctx)
        return number


def keep_run(folder: Path, output: str) -> None:
    """Refuses an output that is a file of a run, but for its policy. Raises UsageError."""
    from msdl.runtime import run

    path = Path(output)
    own = (run.RECORD, run.SPEC, run.MODULE, run.WEIGHTS, run.METRICS, run.SPLITS)
    if path.name in own and path.parent.resolve() == folder.resolve():
        raise click.UsageError(f"'{output}' is a file of the run; it would be lost.")


def keep_spec(spec: str, output: str) -> None:
    """Refuses an output that is a file which SPEC may name. Raises UsageError."""
    from msdl.language.load import readings

    for name in readings(spec) if output != STANDARD_OUTPUT else ():
        with suppress(OSError, ValueError):  # one of them doesn't exist
            if Path(name).samefile(output):
                raise click.UsageError(f"'{output}' is the spec itself; it would be lost.")
