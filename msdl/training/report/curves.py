"""Accuracy against cost: the exits (anytime), the budgets (budgeted), and what they are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from msdl.training.evaluation.reference import best, blind
from msdl.training.evaluation.results import Evaluation, PolicyResult
from msdl.training.report.style import INK, QUIET, SERIES, WIDE, plot, series
from msdl.training.report.svg import Plot, inline

Point = tuple[float, float]
LINE = 16.0  # points from one line of words to the next
LONGEST = 16
MOST_NAMED = 12
FAR = 0.8


@dataclass(frozen=True)
class Curve:
    """A line of points (cost, accuracy in percent), drawn as matplotlib's `style` says; its end bears its name."""

    name: str
    points: Sequence[Point]
    color: str
    style: dict[str, object]


class Costly(Protocol):
    """What the result of an exit says about its cost."""

    @property
    def macs(self) -> int: ...

    @property
    def ms(self) -> float: ...


@dataclass(frozen=True)
class Cost:
    """A kind of cost: what it is called, and what exits and budgets cost."""

    name: str
    of_exit: Callable[[Costly], float]
    of_budget: Callable[[PolicyResult], float]


MACS = Cost("MACs per image", lambda exit: exit.macs, lambda budget: budget.realised)
TIME = Cost("milliseconds per image, measured", lambda exit: exit.ms, lambda budget: budget.ms)
UNITS = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "))


def accuracy(evaluations: Sequence[Evaluation], cost: Cost, name: str, about: str) -> Plot:
    """One run with its references, or several runs on one another."""
    single = len(evaluations) == 1
    curves = _of_one(evaluations[0], cost) if single else _of_several(evaluations, cost)
    exits = [exit.name for exit in evaluations[0].exits] if single else []
    return drawn(curves, (cost.name, "test accuracy, %"), exits, name, about)


def drawn(curves: Sequence[Curve], axis_names: tuple[str, str], exits: Sequence[str], name: str, about: str) -> Plot:
    """Curves over one another; `exits` are the names of the first one's points, where it is the only network."""
    x_name, y_name = axis_names
    with plot(WIDE) as (figure, axes):
        for curve in curves:
            axes.plot(*zip(*curve.points, strict=True), color=curve.color, **curve.style)  # type: ignore[arg-type]
        size, unit = unit_of(max(x for curve in curves for x, _ in curve.points))
        axes.set_xlabel(unit + x_name)
        axes.set_ylabel(y_name)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x / size:g}"))
        axes.margins(0.04, 0.06)
        _name_ends(axes, [curve for curve in curves if curve.name], FAR if exits else 0)
        if len(exits) <= MOST_NAMED:
            _name_points(axes, exits, curves[0].points)
        return inline(figure, name, about)


def unit_of(largest: float) -> tuple[float, str]:
    """What an axis that reaches so far counts in: its size and its word."""
    return next(((size, word) for size, word in UNITS if largest >= size), (1.0, ""))


def _of_one(evaluation: Evaluation, cost: Cost) -> list[Curve]:
    exits, budgets = _exits(evaluation, cost), _budgets(evaluation, cost)
    curves = [Curve("exits", exits, SERIES[1], {"marker": "s"})]
    if not budgets:
        return curves
    if cost is MACS:
        accuracies = evaluation.scores.accuracies
        chance = [(each.realised, 100 * blind(each.shares, accuracies)) for each in evaluation.budgets]
        ideal = [(macs, 100 * right) for macs, right in best(evaluation.scores, evaluation.subject.macs)]
        curves += [
            Curve("chance", chance, QUIET, {"linestyle": (0, (4, 2)), "linewidth": 1.2}),
            Curve("best possible", ideal, QUIET, {"linewidth": 1.2, "marker": ".", "markersize": 4}),
        ]
    curves.append(Curve("budgets", budgets, SERIES[0], {"marker": "o", "markersize": 4}))
    if given := evaluation.given:
        point = (cost.of_budget(given), 100 * given.accuracy)
        curves.append(
            Curve("policy", [point], INK, {"marker": "*", "markersize": 10, "linestyle": "none", "zorder": 3})
        )
    return curves


def _of_several(evaluations: Sequence[Evaluation], cost: Cost) -> list[Curve]:
    curves = []
    for number, evaluation in enumerate(evaluations):
        color, marker = (INK, "*") if evaluation.subject.run is None else series(number)
        exits, budgets = _exits(evaluation, cost), _budgets(evaluation, cost)
        dashed = {"marker": marker, "linestyle": (0, (1, 2)), "linewidth": 1.2, "markerfacecolor": "none"}
        curves.append(Curve("" if budgets else evaluation.name, exits, color, dashed))
        if budgets:
            curves.append(Curve(evaluation.name, budgets, color, {"marker": marker, "markersize": 3}))
    return curves


def _exits(evaluation: Evaluation, cost: Cost) -> list[Point]:
    return [(cost.of_exit(exit), 100 * exit.accuracy) for exit in evaluation.exits]


def _budgets(evaluation: Evaluation, cost: Cost) -> list[Point]:
    return sorted((cost.of_budget(budget), 100 * budget.accuracy) for budget in evaluation.budgets)


def _name_points(axes: Axes, names: Sequence[str], points: Sequence[Point]) -> None:
    for name, point in zip(names, points, strict=False):
        axes.annotate(
            name, point, (0, -7), textcoords="offset points", ha="center", va="top", fontsize=9, color=SERIES[1]
        )


def _name_ends(axes: Axes, curves: Sequence[Curve], far: float) -> None:
    """Writes curves' names where they end; of those that end far to the right, beyond the axes, no name on another."""
    low, high = axes.get_ylim()
    beyond = [curve for curve in curves if curve.points[-1][0] >= far * axes.get_xlim()[1]]
    for curve in curves:
        if curve not in beyond:
            axes.annotate(
                shortened(curve.name),
                curve.points[-1],
                (7, 0),
                textcoords="offset points",
                va="center",
                color=curve.color,
            )
    curves = sorted(beyond, key=lambda curve: curve.points[-1][1])
    places = spread([(curve.points[-1][1] - low) / (high - low) for curve in curves], LINE / WIDE[1])
    for curve, place in zip(curves, places, strict=True):
        axes.annotate(
            shortened(curve.name), (1, place), (6, 0), "axes fraction", "offset points",
            color=curve.color, va="center", annotation_clip=False,
        )  # fmt: skip


def shortened(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Ascending places from 0 to 1, moved apart until neighbours are a gap apart, and back from beyond 1."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    ceiling = 1.0
    for number in reversed(range(len(moved))):
        moved[number] = min(moved[number], ceiling)
        ceiling = moved[number] - gap
    return moved
