from __future__ import annotations

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from msdl.deployment.bench.images import Benched
from msdl.deployment.bench.latency import LEAST, RUNS, exit_times, latencies
from msdl.deployment.bench.results import ExitTime, efficiency, percentile
from msdl.deployment.bench.turns import ROUNDS, enough, turns
from msdl.runtime.engines import as_engine
from tests.runtime.toy import Toy

times = st.lists(st.floats(1e-6, 10), min_size=1, max_size=30)


@given(times, st.floats(0, 1))
def test_percentiles_are_those_of_numpy(seconds: list[float], share: float) -> None:
    assert percentile((*seconds,), share) == pytest.approx(numpy.quantile(seconds, share))


@given(st.lists(st.integers(0, 300), min_size=1, max_size=4))
def test_each_has_all_its_runs_and_turns_in_between(runs: list[int]) -> None:
    had = [*turns(runs)]
    assert [sum(count for who, count in had if who == each) for each, _ in enumerate(runs)] == runs
    assert all(sum(who == each for who, _ in had) == min(count, ROUNDS) for each, count in enumerate(runs))


def test_not_always_the_same_is_first() -> None:
    assert {who for who, _ in [*turns([10, 10])][::2]} == {0, 1}


@pytest.mark.parametrize(
    ("asked", "seconds", "expected"), [(3, 1e9, 3), (None, 1e-3, RUNS), (None, 1.0, 30), (None, 1e3, LEAST)]
)
def test_what_is_slow_has_fewer_runs_unless_they_were_asked_for(
    asked: int | None, seconds: float, expected: int
) -> None:
    assert enough(asked, RUNS, LEAST, seconds, longest=30.0) == expected


def test_laps_are_times_up_to_each_exit() -> None:
    toy = Toy(torch.randn(5, 3, 2), (1.0, 2.0, 4.0))
    (laps,) = latencies([as_engine(toy)], Benched(toy.numbered, "random"), 4, 6, toy.clock)
    assert laps == ((1.0, 3.0, 7.0),) * 6
    assert {len(batch) for batch in toy.seen} == {4}


def test_engines_are_measured_side_by_side() -> None:
    toy = Toy(torch.randn(2, 2, 2), (1.0, 2.0))
    engine = as_engine(toy)
    of_engines = latencies([engine, engine], Benched(toy.numbered, "random"), 2, 4, toy.clock)
    assert of_engines == [((1.0, 3.0),) * 4] * 2


def test_exits_are_held_against_the_last_one() -> None:
    early, late = exit_times(["early", "late"], [10, 100], 8, [(1.0, 4.0), (3.0, 4.0), (1.0, 6.0)])
    assert early == ExitTime("early", 8, (1.0, 3.0, 1.0), 10, pytest.approx(2.5))
    assert (early.p50, early.p95, late.p50, late.eta) == (1.0, pytest.approx(2.8), 4.0, 1.0)
    assert early.as_json() == {
        "name": "early", "batch": 8, "p50_ms": 1000, "p95_ms": pytest.approx(2800),
        "macs": 10, "eta": pytest.approx(2.5), "runs": 3,
    }  # fmt: skip


def test_without_macs_there_is_no_efficiency() -> None:
    assert efficiency(1, 2, 0, 0) is None and efficiency(1, 2, 0, 5) is None
    assert efficiency(1, 2, 1, 2) == 1


def test_images_come_again_where_there_are_too_few() -> None:
    images = Benched(torch.arange(3.0), "random")
    assert images.first(7).tolist() == [0, 1, 2, 0, 1, 2, 0] and images.first(2).tolist() == [0, 1]
