"""What the commands of `msdl import` have in common."""

from __future__ import annotations

from pathlib import Path

import click

from msdl.cli.output import STANDARD_OUTPUT


def keep_apart(options: str, *files: str | None) -> None:
    """Refuses the same file for two of the options; None and the standard output are no files. Raises UsageError."""
    named = [_resolved(file) for file in files if file is not None and file != STANDARD_OUTPUT]
    if len({*named}) < len(named):
        raise click.UsageError(f"{options} need files of their own: one would be lost.")


def _resolved(file: str) -> Path:
    try:
        return Path(file).resolve()
    except (OSError, RuntimeError, ValueError):  # a link to itself, or a null character
        return Path(file)
