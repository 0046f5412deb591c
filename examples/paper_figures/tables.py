"""The tables of docs/paper_figures.md: results.json -> Markdown. Accuracies are in percent, MACs in millions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from judge import ALONE, TOGETHER, holds
from networks import MSDNET, NETWORKS
from summary import Point, Results, exits, shared_budgets

MILLION = 1e6


def by_exit(results: Results) -> str:
    """Every exit of the networks that have several."""
    networks = {network: points for network in NETWORKS if len(points := exits(results, network)) > 1}
    rows = [
        [str(number), *(f"{_macs(point.macs)}: {_spread(point)}" for point in points)]
        for number, points in enumerate(zip(*networks.values(), strict=True), start=1)
    ]
    return _table(["exit", *(NETWORKS[network] for network in networks)], rows)


def by_last_exit(results: Results) -> str:
    """The last exit of every network, and by how much MSDNet's is better on the same images."""
    best = exits(results, MSDNET)[-1]
    rows = []
    for network, name in NETWORKS.items():
        last = exits(results, network)[-1]
        ahead = [mine - theirs for mine, theirs in zip(best.accuracies, last.accuracies, strict=True)]
        rows.append([name, _macs(last.macs), _spread(last), "" if network == MSDNET else _each(ahead, "+.2f")])
    return _table(["network", "million MACs", "last exit, %", "MSDNet minus it, by seed, points"], rows)


def by_budget(results: Results) -> str:
    """The same budgets for all networks with early exits."""
    networks = {network: points for network in NETWORKS if (points := shared_budgets(results, network))}
    rows = [[_macs(points[0].macs), *map(_spread, points)] for points in zip(*networks.values(), strict=True)]
    return _table(["budget", *(NETWORKS[network] for network in networks)], rows)


def half(results: Results) -> str:
    """What MSDNet loses at half of its MACs."""
    rows = []
    for check in results["checks"]:
        spent = check["half"]
        lost = spent["last"] - spent["accuracy"]
        shares = (spent["realised"] / spent["full"], spent["last"], spent["accuracy"], lost)
        rows.append([str(check["seed"]), *(f"{100 * share:.2f}" for share in shares)])
    means = [sum(float(row[column]) for row in rows) / len(rows) for column in range(1, 5)]
    rows.append(["mean", *(f"{mean:.2f}" for mean in means)])
    return _table(["seed", "spent, % of all MACs", "last exit, %", "at half, %", "lost, points"], rows)


def ten_budgets(results: Results) -> str:
    """How far from ten budgets MSDNet's mean cost is on the test images."""
    checks = results["checks"]
    rows = [
        [f"{budgets[0]['asked'] / MILLION:.3f}", *map(_missed, budgets)]
        for budgets in zip(*(check["budgets"] for check in checks), strict=True)
    ]
    return _table(["budget", *(f"seed {check['seed']}" for check in checks)], rows)


def redrawn(results: Results) -> str:
    """The same where chance divides the images anew: the mean deviation, and how often each budget holds."""
    checks = results["checks"]
    rows = [
        [
            f"{budgets[0]['asked'] / MILLION:.3f}",
            *(f"{100 * each['deviation']:+.1f}: {each['alone']}, {each['together']}" for each in budgets),
        ]
        for budgets in zip(*(check["redrawn"] for check in checks), strict=True)
    ]
    return _table(["budget", *(f"seed {check['seed']}" for check in checks)], rows)


def risks(results: Results) -> str:
    """How often certified bounds on the accuracy gap are broken."""
    rows = []
    for of_seeds in zip(*(check["risks"] for check in results["checks"]), strict=True):
        counts = [_each((risk[name] for risk in of_seeds), "d") for name in ("broken_rest", "broken_pool")]
        spent = _each((100 * risk["macs"] for risk in of_seeds), ".1f")
        rows.append([f"{of_seeds[0]['eps']:g}", *counts, spent])
    return _table(["eps", "broken on the other half", "broken on all", "spent, % of all MACs"], rows)


TABLES: Mapping[str, Callable[[Results], str]] = MappingProxyType(
    {
        "by_exit": by_exit,
        "by_last_exit": by_last_exit,
        "by_budget": by_budget,
        "half": half,
        "ten_budgets": ten_budgets,
        "redrawn": redrawn,
        "risks": risks,
    }
)


def _macs(macs: float) -> str:
    return f"{macs / MILLION:.2f}"


def _spread(point: Point) -> str:
    """The mean, from the worst seed to the best."""
    return f"{point.mean:.1f} ({point.low:.1f} to {point.high:.1f})"


def _each(values: Iterable[float], form: str) -> str:
    return ", ".join(f"{value:{form}}" for value in values)


def _missed(budget: Mapping[str, float]) -> str:
    """By how many percent the budget is missed, the test mean's standard error, and a mark where that is too far."""
    missed, error = (
        100 * value / budget["asked"] for value in (budget["realised"] - budget["asked"], budget["error_test"])
    )
    mark = "" if holds(budget, ALONE) else " *" if holds(budget, TOGETHER) else " **"
    return f"{missed:+.1f} ± {error:.1f}{mark}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    first, *others = widths
    rule = f"|{'-' * (first + 2)}|" + "".join(f"{'-' * (width + 1)}:|" for width in others)
    lines = [
        "".join(
            f"| {cell:{side}{width}} " for cell, side, width in zip(row, "<" + ">" * len(others), widths, strict=True)
        )
        + "|"
        for row in (titles, *rows)
    ]
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
