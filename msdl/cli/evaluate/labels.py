"""What an evaluation of networks that tell a class for every image says: as tables for a person, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msdl.cli import values
from msdl.cli.wording import percent, table
from msdl.quantities import amount

if TYPE_CHECKING:
    from msdl.training.evaluation.results import Evaluation, Measuring, PolicyResult

SHOWN = 5  # budgets in the table for a person


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
        [exit.name, percent(exit.accuracy), amount(exit.macs), ms(exit.ms), times(evaluation.last.ms / exit.ms)]
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
    speed_up = times(evaluation.last.ms / result.ms)
    return [name, percent(result.accuracy), amount(round(result.realised)), ms(result.ms), speed_up]


def _shown(evaluation: Evaluation) -> list[PolicyResult]:
    """Some budgets, the smallest and the largest among them, and the policy that was given."""
    last = len(evaluation.budgets) - 1
    few = sorted({round(last * number / (SHOWN - 1)) for number in range(SHOWN)}) if last >= 0 else []
    return [*(evaluation.budgets[number] for number in few), *([evaluation.given] if evaluation.given else [])]


BUSY = "\nOn a busy machine times mislead; OMP_NUM_THREADS=1 steadies them."


def _convention(measuring: Measuring) -> str:
    return (
        f"{costs(measuring)}\n"
        "Budgets: thresholds from the validation images; images really stop early.\n"
        "Speed-up: against running every exit." + BUSY * (measuring.threads > 1)
    )


def costs(measuring: Measuring) -> str:
    """What MACs and milliseconds are."""
    threads = f"{measuring.threads} thread" + "s" * (measuring.threads > 1)
    passes = f"median of {measuring.passes} passes" if measuring.passes > 1 else "one pass"
    return (
        "MACs: multiply-adds of convolutions and linear layers for one image, lazy.\n"
        f"ms/image: wall clock, batches of {measuring.batch_size}, {threads}, {passes}."
    )


def ms(milliseconds: float) -> str:
    return f"{milliseconds:.3f}"


def times(ratio: float) -> str:
    return f"{ratio:.2f}x"


FORMATS = {"human": human, "json": as_json}
