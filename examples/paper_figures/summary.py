"""Several seeds as one point: what figures and tables are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

Results = Mapping[str, Any]


@dataclass(frozen=True)
class Point:
    """Mean MACs of an image, and the accuracy in percent of each seed."""

    macs: float
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        return fmean(self.accuracies)

    @property
    def low(self) -> float:
        return min(self.accuracies)

    @property
    def high(self) -> float:
        return max(self.accuracies)


def exits(results: Results, network: str) -> list[Point]:
    """A point for every exit."""
    return _points((run["exits"] for run in runs(results, network)), "macs")


def budgets(results: Results, network: str) -> list[Point]:
    """A point for every budget, where it was really spent."""
    return _points((run["budgets"] for run in runs(results, network)), "realised")


def shared_budgets(results: Results, network: str) -> list[Point]:
    """A point for every budget that all networks with early exits were given."""
    return _points((run["shared"] for run in runs(results, network)), "asked")


def runs(results: Results, network: str) -> list[Results]:
    """A network's runs, by seed."""
    found = [run for run in results["runs"] if run["network"] == network]
    return sorted(found, key=lambda run: int(run["seed"]))


def _points(rows: Iterable[Sequence[Mapping[str, float]]], cost: str) -> list[Point]:
    return [
        Point(fmean(each[cost] for each in of_seeds), tuple(100 * each["accuracy"] for each in of_seeds))
        for of_seeds in zip(*rows, strict=True)
    ]
