"""What a user may say to `msdl bench`: batch sizes, mixes, and where a report goes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import click

from msdl import files
from msdl.cli.options import keep_run, keep_spec
from msdl.cli.output import Unwritable

LARGEST = 1 << 16


def sizes(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[int, ...]:
    """`1,8,64` as sizes of batches, each once, from the smallest to the largest; none where nothing is said."""
    if given is None:
        return ()
    try:
        found = sorted({int(size) for size in given.split(",")})
    except ValueError:
        raise click.BadParameter(f"'{given}' is not a list of batch sizes such as 1,8,64.", ctx, param) from None
    if found[0] < 1 or found[-1] > LARGEST:
        raise click.BadParameter(f"a batch has from 1 to {LARGEST:,} images, not as in '{given}'.", ctx, param)
    return tuple(found)


def named_mixes(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...] | None:
    """The names of mixes, or shares; none where nothing is said."""
    from msdl.deployment.bench.mixes import ALL_FIRST, ALL_LAST, OWN, shares_of

    for name in given:
        if name not in (ALL_LAST, ALL_FIRST, OWN):
            try:
                shares_of(name)
            except ValueError as error:
                names = f"{ALL_LAST}, {ALL_FIRST}, {OWN}"
                raise click.BadParameter(f"{error}, and none of {names}.", ctx, param) from None
    return given or None


def each_once(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """The names of engines, of which none is measured twice."""
    if len({*given}) < len(given):
        raise click.BadParameter("an engine is named twice.", ctx, param)
    return given


def insist_on_place(report: str, source: str) -> None:
    """Refuses a place where no report can be written, or something would be lost, before minutes are spent on it.

    Raises Unwritable and UsageError.
    """
    try:
        path = _place(report)
    except OSError as error:
        raise Unwritable(f"'{report}'", error) from None
    except (RuntimeError, ValueError) as error:  # a link to itself, a null character
        raise Unwritable(f"'{report}'", OSError(str(error))) from None
    keep_run(Path(source), report)
    keep_spec(source, report)
    if files.is_folder(source) and path.parent == Path(source).resolve() and path.suffix != ".html":
        raise click.UsageError(f"'{report}' may be a file of '{source}', which would be lost; a report is an .html.")


def _place(report: str) -> Path:
    """Where links lead. Raises OSError, RuntimeError and ValueError."""
    path = Path(report).resolve()
    for wrong, reason in (
        (not report or report.endswith(("/", os.sep)) or path.is_dir(), errno.EISDIR),
        (not path.parent.is_dir(), errno.ENOENT),
        (not os.access(path if path.exists() else path.parent, os.W_OK), errno.EACCES),
    ):
        if wrong:
            raise OSError(reason, os.strerror(reason))
    return path
