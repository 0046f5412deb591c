"""`msdl calibrate`: finds when images may stop early."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from msdl.cli.options import Share, format_option, keep_run
from msdl.cli.output import FINE, STANDARD_OUTPUT, put, write

if TYPE_CHECKING:
    from msdl.runtime.policy import Policy
    from msdl.runtime.run import Run
    from msdl.training.scores import Scores

CONFIDENCES = ("max-softmax", "margin", "entropy")
DELTA = 0.1
UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def _macs(ctx: click.Context, param: click.Parameter, given: str | None) -> float | None:
    """An amount as `msdl cost` writes it, in small letters too: `654,720`, `654.7K`, `30M`, `1.2g`."""
    if given is None:
        return None
    found = re.fullmatch(r"([0-9][0-9,]*(?:\.[0-9]+)?)([kmg]?)", given.strip().lower())
    if found is None:
        raise click.BadParameter(f"'{given}' is no number of MACs such as 30M, 1.2G, 500k or 30000000.", ctx, param)
    return float(found[1].replace(",", "")) * UNITS[found[2]]


@click.command("calibrate")
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--budget", callback=_macs, metavar="MACS", help="Mean MACs per image: 30M, 1.2G, 500k, 30000000.")
@click.option(
    "--budget-ratio",
    type=Share(one=True),
    metavar="SHARE",
    help="The same as a share of the MACs of all exits: 0.4.",
)
@click.option("--max-risk", type=Share(), metavar="GAP", help="Lose less accuracy to the last exit than this: 0.01.")
@click.option("--delta", type=Share(), help="The chance that --max-risk doesn't hold, 0.1 by default.")
@click.option(
    "--confidence",
    type=click.Choice(CONFIDENCES),
    default=CONFIDENCES[0],
    show_default=True,
    help="What tells how sure an exit is.",
)
@click.option("--temperature", is_flag=True, help="Calibrate each exit's probabilities first, by temperature scaling.")
@click.option("--data", metavar="DATA", help="Where the run's images lie now, if not where they were.")
@click.option("-o", "--output", metavar="F.json", help="Where the policy goes; RUN/policy.json by default.")
@format_option("json")
def command(
    folder: Path,
    budget: float | None,
    budget_ratio: float | None,
    max_risk: float | None,
    delta: float | None,
    confidence: str,
    temperature: bool,
    data: str | None,
    output: str | None,
    format: str,
) -> int:
    """Find when images may stop early: a policy for a budget or a bound on the risk.

    Thresholds are found on the validation images of a RUN. With a budget, that much is spent on an image on average.
    With --max-risk, accuracy stays less than that below the last exit's, but for a chance of --delta that the
    validation images mislead.

    \b
    Examples:
      msdl calibrate runs/digits --budget 3M
      msdl calibrate runs/digits --budget-ratio 0.4 --confidence entropy -o cheap.json
      msdl calibrate runs/digits --max-risk 0.01 --temperature
    """
    if [budget, budget_ratio, max_risk].count(None) != 2:
        raise click.UsageError("Give one of --budget, --budget-ratio and --max-risk.")
    if max_risk is None and delta is not None:
        raise click.UsageError("--delta belongs to --max-risk.")
    keep_run(folder, output or "")
    from msdl.runtime.run import POLICY, Run

    run = Run.read(folder)
    _insist_on_labels(run)
    scores = _scores(run, data)
    if budget_ratio is not None:
        budget = budget_ratio * run.macs[-1]
    if budget is not None:
        asked = {"budget": budget}
    else:
        assert max_risk is not None
        asked = {"max_risk": max_risk, "delta": DELTA if delta is None else delta}
    from msdl.training.calibration import policy_for

    policy = policy_for(
        asked, scores, tuple(exit.name for exit in run.exits), run.macs, confidence=confidence, scaled=temperature
    )
    place = output or str(run.path(POLICY))
    if place == STANDARD_OUTPUT:
        put(policy.as_json())
    else:
        write(place, policy.as_json())
        put(_told(run, policy, place, format))
    return FINE


def _insist_on_labels(run: Run) -> None:
    """Raises InputError."""
    from msdl.training.views import insist_on_labels

    insist_on_labels(run, "no image stops early at one")


def _scores(run: Run, data: str | None) -> Scores:
    """What the exits say about the validation images. Raises InputError."""
    from msdl.runtime.errors import InputError
    from msdl.runtime.load import load
    from msdl.training.data import reopened
    from msdl.training.scores import scores

    model = load(run.folder)
    dataset = reopened(run, data)
    if not len(dataset.validation):
        raise InputError(f"'{dataset.source}' has no validation images to calibrate with.")
    return scores(model, dataset.validation, run.preprocessing)


def _told(run: Run, policy: Policy, place: str, format: str) -> str:
    from msdl.cli.calibrate.findings import FORMATS

    return FORMATS[format](run, policy, place)
