"""`msdl evaluate`: says what every exit of a trained network gets right, what it costs, and what budgets buy."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from msdl.cli.options import format_option, keep_run
from msdl.cli.output import FINE, Unwritable, put, write

if TYPE_CHECKING:
    from msdl.training.evaluation.subject import Subject

BATCH, BUDGETS = 256, 20


@click.command("evaluate")
@click.argument("runs", metavar="RUN..", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--data", metavar="DATA", help="Where the run's images lie now, if not where they were.")
@click.option(
    "--batch-size", type=click.IntRange(1), help=f"Images at a time; {BATCH} by default, 8 where exits are maps."
)
@click.option("--budgets", type=click.IntRange(2), help=f"How many budgets are tried, {BUDGETS} by default.")
@click.option("--policy", metavar="F.json", type=click.Path(path_type=Path), help="Try this policy as well.")
@click.option("--report", metavar="F.html", help="Write a report: curves, histograms, images, calibration.")
@format_option("json")
def command(
    runs: tuple[Path, ...],
    data: str | None,
    batch_size: int | None,
    budgets: int | None,
    policy: Path | None,
    report: str | None,
    format: str,
) -> int:
    """Say what every exit of a trained network gets right, and what it costs.

    Accuracy, MACs and measured time on the test images: of every exit, and of budgets, with images that really stop
    early. Several runs are compared, with the ensemble of them. Where exits are maps, a class for every pixel: mean
    IoU and pixel accuracy, MACs and time of every exit.

    \b
    Examples:
      msdl evaluate RUN
      msdl evaluate RUN --report out.html
      msdl evaluate RUN_A RUN_B --format json
    """
    if policy and len(runs) > 1:
        raise click.UsageError("--policy is for one RUN: the exits of several differ.")
    if len({run.resolve() for run in runs}) < len(runs):
        raise click.UsageError("A RUN is given twice.")
    if report is not None:
        _insist_on_place(report)
        for run in runs:
            keep_run(run, report)
        import_module("msdl.training.report")  # says now, not minutes later, that a package is missing
    from msdl.training.evaluation.subject import subjects

    judged = subjects(runs, data)
    if judged[0].views is not None:
        for option, given in (("--policy", policy), ("--budgets", budgets)):
            _insist_on_none(option, given)
        put(_of_maps(judged, batch_size, report, format))
    else:
        put(_of_labels(judged, batch_size or BATCH, budgets or BUDGETS, policy, report, format))
    return FINE


def _insist_on_none(option: str, given: object) -> None:
    """Refuses what is about images that stop early. Raises InputError."""
    from msdl.runtime.errors import InputError

    if given is not None:
        raise InputError(f"The exits are maps: no image stops early at one, and {option} is for such.")


def _of_labels(
    judged: Sequence[Subject], batch_size: int, budgets: int, policy: Path | None, report: str | None, format: str
) -> str:
    from msdl.cli.evaluate.labels import FORMATS
    from msdl.runtime.policy import Policy
    from msdl.training.evaluation import evaluate
    from msdl.training.evaluation.ensemble import ensemble

    tried = Policy.read(policy) if policy else None
    if tried:
        tried.insist_on(judged[0].exits, f"The policy '{policy}'")
    together = ensemble(judged) if len(judged) > 1 else None
    all_of_them = [*judged, *([together] if together else [])]
    found = evaluate(all_of_them, budgets=budgets, batch_size=batch_size, policy=tried)
    several, whole = found[: len(judged)], found[-1] if together else None
    if report is not None:
        from msdl.training.report import page

        write(report, page(several, whole))
    return FORMATS[format](several, whole)


def _of_maps(judged: Sequence[Subject], batch_size: int | None, report: str | None, format: str) -> str:
    from msdl.cli.evaluate.maps import FORMATS
    from msdl.training.evaluation.maps import BATCH, evaluate_maps

    found = evaluate_maps(judged, batch_size=batch_size or BATCH)
    if report is not None:
        from msdl.training.report.maps import page

        write(report, page(found))
    return FORMATS[format](found)


def _insist_on_place(report: str) -> None:
    """Refuses a place where no report can be written before minutes are spent on it. Raises Unwritable."""
    for wrong, reason in (
        (Path(report).is_dir(), errno.EISDIR),
        (not Path(report).absolute().parent.is_dir(), errno.ENOENT),
    ):
        if wrong:
            raise Unwritable(f"'{report}'", OSError(reason, os.strerror(reason)))
