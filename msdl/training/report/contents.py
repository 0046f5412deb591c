"""What the report's page says, section by section: plots, tables, examples, in the order in which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msdl.training.evaluation.examples import Contrast, by_class, by_exit
from msdl.training.evaluation.reliability import Reliability, reliability
from msdl.training.evaluation.results import Evaluation, PolicyResult
from msdl.training.report.calibration import reliability_plot
from msdl.training.report.curves import MACS, TIME, accuracy
from msdl.training.report.histogram import shares_by_budget
from msdl.training.report.pictures import data_uri
from msdl.training.report.style import steps
from msdl.training.report.svg import Plot
from msdl.training.report.timing import time_by_macs

CLASSES, PER_CLASS, PER_EXIT = 6, 4, 6
HALF = 0.5
CLOSE = 0.01  # a point of accuracy


@dataclass(frozen=True)
class Chapter:
    """What the page says of one network; `half` is the budget nearest to half of what running every exit costs."""

    evaluation: Evaluation
    reliability: tuple[tuple[Reliability, Plot], ...]
    shares: Plot | None
    time: Plot | None
    half: PolicyResult | None
    by_exit: tuple[Contrast, ...]
    by_class: tuple[Contrast, ...]

    @property
    def plots(self) -> Iterator[Plot]:
        yield from (plot for _, plot in self.reliability)
        yield from filter(None, (self.shares, self.time))

    @property
    def colors(self) -> list[str]:
        """The colours of the exits in the histogram."""
        return steps(len(self.evaluation.exits))

    @property
    def pictures(self) -> dict[int, str]:
        """The images that are shown, by their number."""
        contrasts = (*self.by_exit, *self.by_class)
        numbers = {example.image for each in contrasts for example in (*each.easy, *each.hard)}
        return {number: data_uri(self.evaluation.subject.data.test[number][0]) for number in sorted(numbers)}

    @property
    def cheapest(self) -> PolicyResult | None:
        """The budget that costs least among those that lose at most a point against the last exit."""
        enough = self.evaluation.last.accuracy - CLOSE
        good = [budget for budget in self.evaluation.budgets if budget.accuracy >= enough]
        return min(good, key=lambda budget: budget.realised, default=None)


def nearest(evaluation: Evaluation, part: float) -> PolicyResult | None:
    """The budget whose realised cost is nearest to a part of what running every exit costs."""
    asked = part * evaluation.last.macs
    return min(evaluation.budgets, key=lambda budget: abs(budget.realised - asked), default=None)


def chapter(evaluation: Evaluation, number: int) -> Chapter:
    prefix, half = f"run{number}", nearest(evaluation, HALF)
    return Chapter(
        evaluation,
        tuple(
            (found, reliability_plot(found, f"{prefix}-reliability{exit}", _about_reliability(found)))
            for exit, found in enumerate(reliability(evaluation.scores, evaluation.subject.exits), start=1)
        ),
        shares_by_budget(evaluation, f"{prefix}-shares", _about_shares(evaluation)) if evaluation.budgets else None,
        time_by_macs(evaluation, f"{prefix}-time", _about_time(evaluation)) if evaluation.budgets else None,
        half,
        by_exit(evaluation, half, PER_EXIT) if half else (),
        tuple(each for each in by_class(evaluation, PER_CLASS)[:CLASSES] if each.hard),
    )


def comparison(evaluations: Sequence[Evaluation]) -> tuple[Plot, Plot]:
    """Accuracy against MACs and against measured time."""
    ends = "; ".join(
        f"{each.name}: {100 * each.exits[0].accuracy:.1f} % at {each.exits[0].name}, "
        f"{100 * each.last.accuracy:.1f} % at {each.last.name}"
        for each in evaluations
    )
    return (
        accuracy(evaluations, MACS, "macs", f"Test accuracy against MACs per image. {ends}."),
        accuracy(evaluations, TIME, "ms", f"Test accuracy against measured milliseconds per image. {ends}."),
    )


def _about_reliability(found: Reliability) -> str:
    return f"Accuracy against confidence of {found.exit}; expected calibration error {100 * found.error:.1f} %."


def _about_shares(evaluation: Evaluation) -> str:
    first, last = evaluation.budgets[0], evaluation.budgets[-1]
    name = evaluation.exits[0].name
    return (
        f"Shares of test images that stop at each exit, budget by budget: {100 * first.shares[0]:.0f} % stop at {name} "
        f"for the smallest budget, {100 * last.shares[0]:.0f} % for the largest."
    )


def _about_time(evaluation: Evaluation) -> str:
    each = nearest(evaluation, HALF)
    assert each is not None
    part, time = 100 * each.realised / evaluation.last.macs, 100 * each.ms / evaluation.last.ms
    return (
        f"Measured time against MACs, in % of running every exit: at {part:.0f} % of the MACs {time:.0f} % of the time."
    )
