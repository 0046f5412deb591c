"""At which exits the images of a budget stop."""

from __future__ import annotations

from msdl.training.evaluation.results import Evaluation
from msdl.training.report.curves import unit_of
from msdl.training.report.style import WIDE, plot, steps
from msdl.training.report.svg import Plot, inline

TICKS = 6


def shares_by_budget(evaluation: Evaluation, name: str, about: str) -> Plot:
    """A bar a budget, from the smallest to the largest, stacked from the first exit to the last."""
    budgets = sorted(evaluation.budgets, key=lambda budget: budget.asked or 0)
    places = range(len(budgets))
    with plot(WIDE) as (figure, axes):
        below = [0.0] * len(budgets)
        for exit, color in enumerate(steps(len(evaluation.exits))):
            shares = [100 * budget.shares[exit] for budget in budgets]
            axes.bar(places, shares, bottom=below, width=0.86, color=color)
            below = [low + share for low, share in zip(below, shares, strict=True)]
        size, unit = unit_of(evaluation.last.macs)
        every = -(-len(budgets) // TICKS)
        axes.set_xticks([*places][::every], [f"{(each.asked or 0) / size:.3g}" for each in budgets][::every])
        axes.grid(False)
        axes.set_xlabel(f"budget, {unit}MACs per image")
        axes.set_ylabel("test images that stop, %")
        axes.set_ylim(0, 100)
        axes.margins(x=0.01)
        return inline(figure, name, about)
