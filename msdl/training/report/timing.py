"""Whether images that leave early save time, and not only MACs."""

from __future__ import annotations

from matplotlib.ticker import MaxNLocator

from msdl.training.evaluation.results import Evaluation
from msdl.training.report.style import FAINT, QUIET, SERIES, WIDE, plot
from msdl.training.report.svg import Plot, inline


def time_by_macs(evaluation: Evaluation, name: str, about: str) -> Plot:
    """Measured time against MACs, a dot a budget, both in percent of what running every exit takes."""
    with plot(WIDE) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.annotate("in step", (100, 100), (4, 0), textcoords="offset points", va="center", fontsize=10, color=QUIET)
        last = evaluation.last
        points = [(100 * each.realised / last.macs, 100 * each.ms / last.ms) for each in evaluation.budgets]
        axes.plot(*zip(*points, strict=True), color=SERIES[0], marker="o", markersize=4, linestyle="none")
        axes.set_xlim(0)
        axes.set_ylim(0)
        axes.set_xlabel("MACs per image, % of running every exit")
        axes.set_ylabel("measured time, %")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        return inline(figure, name, about)
