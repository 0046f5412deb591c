"""Where the commands' words go: results to the standard output or a file, diagnostics to the standard error."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from msdl.diagnostics import Diagnostic, Severity
from msdl.diagnostics import error as an_error
from msdl.report import render, summary

FINE, INVALID, UNUSABLE = 0, 1, 2
STANDARD_OUTPUT = "-"


def put(text: str | bytes) -> None:
    """Prints a result. Raises Unwritable."""
    if sys.stdout is None:
        raise Unwritable("the standard output", OSError("it is closed"))
    try:
        # `color` keeps what a spec's comments hold: a redirected layout is the file that it will be.
        click.echo(text, nl=isinstance(text, str) and not text.endswith("\n"), color=True)
    except OSError as error:
        raise Unwritable("the standard output", error) from None


def deliver(text: str, output: str) -> None:
    """Puts a result where `-o` says: into a file, or, for `-`, on the standard output. Raises Unwritable."""
    if output == STANDARD_OUTPUT:
        put(text)
    else:
        write(output, text)


def report(diagnostics: Iterable[Diagnostic], format: str = "human") -> None:
    """Prints diagnostics and, where a person reads them, their count."""
    diagnostics = tuple(diagnostics)
    text = render(diagnostics, format, color=_colourful())
    if format == "human" and (count := summary(diagnostics)):
        text += f"\n{count}\n"
    click.echo(text, nl=False, err=True)


def report_problems(diagnostics: Iterable[Diagnostic]) -> None:
    """Prints errors and warnings: notes are for `msdl check`."""
    report(d for d in diagnostics if d.severity is not Severity.NOTE)


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person reads a stream, which may be closed."""
    return stream is not None and stream.isatty()


def _colourful() -> bool:
    return is_terminal(sys.stderr) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Unwritable(click.ClickException):
    """An output that can't be written, as a diagnostic."""

    exit_code = UNUSABLE

    def __init__(self, name: str, error: OSError) -> None:
        reason = error.strerror or str(error)
        super().__init__(f"{name} can't be written: {reason}.")
        self.diagnostic = an_error("MSD110", self.message[0].upper() + self.message[1:])

    def with_help(self, help: str) -> Unwritable:
        """The same, with what could be done instead."""
        self.diagnostic = replace(self.diagnostic, help=help)
        return self

    def show(self, file: object = None) -> None:
        report([self.diagnostic])


def write(output: str, content: str | bytes) -> None:
    """Writes a whole file or leaves what was there as it was. Raises Unwritable."""
    from msdl import files

    try:
        if not output or output.endswith(("/", os.sep)):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        files.write(Path(output), content)
    except OSError as error:
        raise Unwritable(f"'{output}'", error) from None
    except (RuntimeError, ValueError) as error:  # a link to itself, a null character
        raise Unwritable(f"'{output}'", OSError(str(error))) from None
