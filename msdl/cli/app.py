"""The table of commands and what `msdl` alone says."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from importlib import import_module
from keyword import iskeyword

import click

from msdl.version import VERSION

# A command is a file of its name in this folder (`import_` for `import`), whose `command` is a click command that returns the exit code.
COMMANDS = {
    "check": "Say what is wrong with specs.",
    "explain": "Explain a diagnostic: what it means, an example, the fix, the reason.",
    "fmt": "Give specs their one layout.",
    "cost": "Say what every exit of a network costs.",
    "why": "Say which exits need a cell, and through what.",
    "diff": "Compare two networks: parameters, costs, and whether weights still load.",
    "show": "Print a stage of the compiler: document, spec, graph or schedule.",
    "list": "List the library's networks.",
    "new": "Start a spec from a network of the library.",
    "compile": "Write a network as a PyTorch module.",
    "import": "Bring networks and weights over from elsewhere.",
    "doctor": "Say what is installed, and how to install what is missing.",
}

HELP = """\
A compiler for networks that answer early.

\b
Start here:
  msdl list                                     the networks that come along
  msdl check net.msd                            every mistake, at its place
  msdl cost msdnet_cifar_anytime                what each exit costs
  msdl cost msdnet_imagenet --set spacing=6     the same with another parameter
  msdl compile net.msd -o net.py                a readable PyTorch module

\b
A SPEC is
  net.msd           a file
  msdnet_imagenet   a network of the library
  net.msd:small     one network of a file that holds several
  -                 the standard input

\b
Exit codes:
  0  all is well
  1  the input has problems
  2  the command was used wrongly, or its output can't be written

\b
Completion in your shell (put the line into its start-up file):
  bash   eval "$(_MSDL_COMPLETE=bash_source msdl)"
  zsh    eval "$(_MSDL_COMPLETE=zsh_source msdl)"
  fish   _MSDL_COMPLETE=fish_source msdl | source
"""


class Commands(click.Group):
    """A group that imports a command when it is called, so that `msdl --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"msdl.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from msdl.language.suggest import did_you_mean

        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            hint = did_you_mean(args[0], COMMANDS) or "the commands are " + ", ".join(COMMANDS)
            ctx.fail(f"There is no command '{args[0]}'; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])


@click.command(
    cls=Commands, help=HELP, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(VERSION, message="msdl %(version)s")
@click.pass_context
def app(ctx: click.Context) -> int:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A file name needn't be text, and a terminal needn't know a spec's letters.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = app.main([*arguments], prog_name="msdl", standalone_mode=False)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return code
