"""The learning rate over the steps."""

from __future__ import annotations

import pytest

from msdl.training.options import Options
from msdl.training.schedules import factor

MULTISTEP = Options(epochs=8, schedule="multistep", milestones=(4, 6))


@pytest.mark.parametrize(
    ("options", "step", "expected"),
    [
        (MULTISTEP, 0, 1),
        (MULTISTEP, 39, 1),
        (MULTISTEP, 40, 0.1),
        (MULTISTEP, 59, 0.1),
        (MULTISTEP, 60, 0.01),
        (Options(epochs=8), 0, 1),
        (Options(epochs=8), 40, 0.5),
        (Options(epochs=8), 80, 0),
        (Options(epochs=6, warmup=2), 0, 1 / 20),
        (Options(epochs=6, warmup=2), 19, 1),
        (Options(epochs=6, warmup=2), 20, 1),
        (Options(epochs=6, warmup=2), 40, 0.5),
    ],
)
def test_ten_steps_an_epoch(options: Options, step: int, expected: float) -> None:
    assert factor(options, step, 10) == pytest.approx(expected)
