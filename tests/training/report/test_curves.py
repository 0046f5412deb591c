from __future__ import annotations

import pytest

from msdl.training.report.curves import spread, unit_of


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        ([0.1, 0.5], [0.1, 0.5]),
        ([0.5, 0.5, 0.5], [0.5, 0.6, 0.7]),
        ([0.95, 0.98], [0.9, 1.0]),
        ([0.0, 0.02, 0.9, 1.0], [0.0, 0.1, 0.9, 1.0]),
        ([], []),
    ],
)
def test_names_keep_their_distance(places: list[float], moved: list[float]) -> None:
    assert spread(places, 0.1) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("largest", "unit"),
    [(0.2, (1, "")), (1500, (1e3, "thousand ")), (3.4e6, (1e6, "million ")), (2e9, (1e9, "billion "))],
)
def test_axes_count_in_units_of_their_size(largest: float, unit: tuple[float, str]) -> None:
    assert unit_of(largest) == unit
