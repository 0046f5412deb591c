"""The table of commands and what `msdl` alone says."""

from __future__ import annotations

import errno
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import click

from msdl.cli.lazy import LazyGroup
from msdl.runtime.errors import InputError
from msdl.version import VERSION

# A command is a file or a folder of its name beside this one.
COMMANDS = {
    "check": "Say what is wrong with specs.",
    "explain": "Explain a diagnostic: what it means, an example, the fix, the reason.",
    "fmt": "Give specs their one layout.",
    "cost": "Say what every exit of a network costs.",
    "draw": "Draw a network: its grid, its exits, what each exit needs.",
    "why": "Say which exits need a cell, and through what.",
    "diff": "Compare two networks: parameters, costs, and whether weights still load.",
    "show": "Print a stage of the compiler: document, spec, graph or schedule.",
    "list": "List the library's networks.",
    "new": "Start a spec from a network of the library.",
    "compile": "Write a network as a PyTorch module.",
    "train": "Train a network into a run folder.",
    "calibrate": "Find when images may stop early: a policy for a budget or a bound on the risk.",
    "evaluate": "Say what every exit of a trained network gets right, and what it costs.",
    "predict": "Classify images, or their pixels, with real early exit.",
    "export": "Write a network as ONNX graphs, one a section, that run without msdl.",
    "bench": "Say how fast a network answers, and whether MACs that it saves are time saved.",
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
  msdl draw net.msd -o net.svg                  its grid, its exits, what they need
  msdl compile net.msd -o net.py                a readable PyTorch module
  msdl train msdnet_digits -o runs/digits       trained, on handwritten digits

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


@click.command(
    cls=LazyGroup,
    table=COMMANDS,
    package="msdl.cli",
    help=HELP,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(VERSION, message="msdl %(version)s")
@click.pass_context
def app(ctx: click.Context) -> int:
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0


def _show(error: click.ClickException) -> None:
    """Says what is wrong with the command's line; a file's name, quoted there, must not steer the terminal."""
    from msdl.report import clean

    said = io.StringIO()
    with suppress(OSError):  # nobody can be told where the standard error is full
        error.show(said)
        click.echo("".join(f"{clean(line)}\n" for line in said.getvalue().splitlines()), nl=False, err=True)


# What Python's tempfile says, which torch asks when it is imported.
NO_PLACE = "No usable temporary directory"


def _refuse(error: OSError) -> int:
    """What no command can do anything about: the working folder was removed, or a disk is full."""
    from msdl.cli.output import UNUSABLE, Unwritable

    try:
        Path.cwd()
    except FileNotFoundError:
        click.echo("Error: The working folder does not exist any more.", err=True)
        return UNUSABLE
    if NO_PLACE in str(error):
        click.echo("Error: There is no room for temporary files; TMPDIR can name another place.", err=True)
        return UNUSABLE
    if error.errno not in (errno.ENOSPC, errno.EIO, errno.EBADF):
        raise error
    Unwritable("the standard output", error).show()
    return UNUSABLE


def _say(error: InputError) -> int:
    """Says what can't be used."""
    from msdl.cli.output import INVALID
    from msdl.report import clean

    help = f"  help: {error.help}" if error.help else ""
    for line in (*f"Error: {error}".splitlines(), *help.splitlines()):
        click.echo(clean(line), err=True)
    return INVALID


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
        _show(error)
        return error.exit_code
    except InputError as error:
        return _say(error)
    except OSError as error:
        return _refuse(error)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] == "msdl":
            raise
        from msdl.cli.output import UNUSABLE

        package = error.name.partition(".")[0]
        click.echo(f"Error: The package '{package}' is missing; `msdl doctor` says how to install it.", err=True)
        return UNUSABLE
    return code
