"""`msdl evaluate`: says what every exit of a trained network gets right, what it costs, and what budgets buy."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from msdl.cli import values
from msdl.cli.options import format_option, keep_run
from msdl.cli.output import FINE, Unwritable, put, write
from msdl.cli.wording import percent, table
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.training.evaluation.results import Evaluation, Measuring, PolicyResult

SHOWN = 5  # budgets in the table for a person


@click.command("evaluate")
@click.argument("runs", metavar="RUN..", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--data", metavar="DATA", help="Where the run's images lie now, if not where they were.")
@click.option("--batch-size", type=click.IntRange(1), default=256, show_default=True, help="Images at a time.")
@click.option("--budgets", type=click.IntRange(2), default=20, show_default=True, help="How many budgets are tried.")
@click.option("--policy", metavar="F.json", type=click.Path(path_type=Path), help="Try this policy as well.")
@click.option("--report", metavar="F.html", help="Write a report: curves, histograms, images, calibration.")
@format_option("json")
def command(
    runs: tuple[Path, ...],
    data: str | None,
    batch_size: int,
    budgets: int,
    policy: Path | None,
    report: str | None,
    format: str,
) -> int:
    """Say what every exit of a trained network gets right, and what it costs.

    Accuracy, MACs and measured time on the test images: of every exit, and of budgets, with images that really stop
    early. Several runs are compared, with the ensemble of them.

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
    from msdl.runtime.policy import Policy
    from msdl.training.evaluation import evaluate
    from msdl.training.evaluation.ensemble import ensemble
    from msdl.training.evaluation.subject import subjects

    tried = Policy.read(policy) if policy else None
    judged = subjects(runs, data)
    if tried:
        tried.insist_on(judged[0].exits, f"The policy '{policy}'")
    together = ensemble(judged) if len(judged) > 1 else None
    found = evaluate(
        [*judged, *([together] if together else [])],
        budgets=budgets,
        batch_size=batch_size,
        policy=tried,
    )
    several, whole = found[: len(judged)], found[-1] if together else None
    if report is not None:
        from msdl.training.report import page

        write(report, page(several, whole))
    put(FORMATS[format](several, whole))
    return FINE


def _insist_on_place(report: str) -> None:
    """Refuses a place where no report can be written before minutes are spent on it. Raises Unwritable."""
    for wrong, reason in (
        (Path(report).is_dir(), errno.EISDIR),
        (not Path(report).absolute().parent.is_dir(), errno.ENOENT),
    ):
        if wrong:
            raise Unwritable(f"'{report}'", OSError(reason, os.strerror(reason)))


def as_json(found: Sequence[Evaluation], ensemble: Evaluation | None) -> str:
    if len(found) == 1:
        return values.as_json(found[0].as_json())
    runs = [evaluation.as_json() for evaluation in found]
    return values.as_json({"runs": runs, "ensemble": ensemble.as_json() if ensemble else None})


def human(found: Sequence[Evaluation], ensemble: Evaluation | None) -> str:
    told = [*found, *([ensemble] if ensemble else [])]
    parts = [part for evaluation in told for part in _of_one(evaluation)]
    if len(found) > 1:
        parts.append(ENSEMBLE if ensemble else NO_ENSEMBLE)
    return "\n\n".join([*parts, _convention(found[0].measuring)]) + "\n"


ENSEMBLE = """\
The ensemble runs the networks one after the other, the cheapest first, and
averages their probabilities; costs add up."""
NO_ENSEMBLE = """\
There is no ensemble: the runs read images of different sizes, or keep
different images for validation; --split-seed gives runs the same."""


def _of_one(evaluation: Evaluation) -> list[str]:
    exits = [
        [exit.name, percent(exit.accuracy), amount(exit.macs), _ms(exit.ms), _times(evaluation.last.ms / exit.ms)]
        for exit in evaluation.exits
    ]
    parts = [f"{evaluation.name}: {evaluation.measuring.images:,} test images", table(EXITS, exits, SIDES)]
    if rows := [_row(evaluation, budget) for budget in _shown(evaluation)]:
        parts.append(table(BUDGETS, rows, SIDES))
    return parts


EXITS = ("exit", "accuracy", "MACs lazy", "ms/image", "speed-up")
BUDGETS = ("budget", "accuracy", "mean MACs", "ms/image", "speed-up")
SIDES = "<>>>>"


def _row(evaluation: Evaluation, result: PolicyResult) -> list[str]:
    name = "the policy" if result.asked is None else amount(round(result.asked))
    speed_up = _times(evaluation.last.ms / result.ms)
    return [name, percent(result.accuracy), amount(round(result.realised)), _ms(result.ms), speed_up]


def _shown(evaluation: Evaluation) -> list[PolicyResult]:
    """Some budgets, the smallest and the largest among them, and the policy that was given."""
    last = len(evaluation.budgets) - 1
    few = sorted({round(last * number / (SHOWN - 1)) for number in range(SHOWN)}) if last >= 0 else []
    return [*(evaluation.budgets[number] for number in few), *([evaluation.given] if evaluation.given else [])]


BUSY = "\nOn a busy machine times mislead; OMP_NUM_THREADS=1 steadies them."


def _convention(measuring: Measuring) -> str:
    threads = f"{measuring.threads} thread" + "s" * (measuring.threads > 1)
    passes = f"median of {measuring.passes} passes" if measuring.passes > 1 else "one pass"
    return (
        "MACs: multiply-adds of convolutions and linear layers for one image, lazy.\n"
        f"ms/image: wall clock, batches of {measuring.batch_size}, {threads}, {passes}.\n"
        "Budgets: thresholds from the validation images; images really stop early.\n"
        "Speed-up: against running every exit." + BUSY * (measuring.threads > 1)
    )


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.3f}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}x"


FORMATS = {"human": human, "json": as_json}
