"""What sections take: measured, kept as JSON, read strictly, and asked for any number of images."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from msdl.runtime.engines import Engine, eager
from msdl.runtime.engines.engine import CPU
from msdl.runtime.errors import InputError
from msdl.runtime.times import DIRECT_RUNS, Times, machine, measure
from msdl.runtime.waiting import Waiting
from tests.runtime.folders import small
from tests.runtime.toy import Toy

TIMES = Times("onnx", 2, "a machine", (1, 8, 64), ((1.0, 2.0, 9.0), (0.5, 0.5, 3.0)), (0.0, 0.25), (0.75, 1.25))

SECONDS = st.floats(1e-6, 1e3)


@st.composite
def tables(draw: st.DrawFn) -> Times:
    exits = draw(st.integers(1, 4))
    batches = tuple(sorted(draw(st.sets(st.integers(1, 300), min_size=1, max_size=4))))
    row = st.lists(SECONDS, min_size=len(batches), max_size=len(batches)).map(lambda row: tuple(sorted(row)))
    sections = draw(st.lists(row, min_size=exits, max_size=exits))
    numbers = st.lists(SECONDS, min_size=exits, max_size=exits).map(tuple)
    direct = draw(st.one_of(st.just(()), numbers))
    return Times("onnx", draw(st.integers(1, 64)), "a machine", batches, tuple(sections), draw(numbers), direct)


@pytest.mark.parametrize(
    ("exit", "images", "seconds"),
    [(0, 1, 1.0), (0, 8, 2.0), (0, 64, 9.0), (0, 36, 5.5), (0, 2, 8 / 7), (0, 128, 18.0), (1, 5, 0.5), (1, 64, 3.0)],
)
def test_seconds_lie_on_lines_between_what_was_measured(exit: int, images: int, seconds: float) -> None:
    assert TIMES.seconds(exit, images) == pytest.approx(seconds)


@given(tables(), st.integers(1, 500))
def test_one_image_more_is_never_faster(times: Times, images: int) -> None:
    for exit, _ in enumerate(times.sections):
        assert times.seconds(exit, images) <= times.seconds(exit, images + 1) * (1 + 1e-12)
    assert times.seconds(0, times.batches[0] // 2 or 1) <= times.sections[0][0]


@given(times=tables())
def test_what_is_written_is_read(times: Times, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("times") / "times.json"
    times.write(path)
    assert Times.read(path) == times


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format_version": 9}, "has format version 9; this msdl reads 1"),
        ({"engine": 1}, "'engine' is not text"),
        ({"threads": "2"}, "'threads' is not a whole number"),
        ({"batches": [8, 1, 64]}, "positive sizes that rise"),
        ({"batches": [0, 8, 64]}, "positive sizes that rise"),
        ({"batches": []}, "positive sizes that rise"),
        ({"batches": [1, 8]}, "a section has a time for each size of a batch"),
        ({"sections": []}, "a section has a time for each size of a batch"),
        ({"sections": [1.0]}, "an item of 'sections' is not a list"),
        ({"sections": [[1, 2, 3], [1, 2, "3"]]}, "the time of a section is not a number"),
        ({"sections": [[1, 2, 3], [0, 2, 3]]}, "a section takes time"),
        ({"sections": [[1, 2, 3], [1, 2, float("nan")]]}, "the time of a section is not a number"),
        ({"gathers": [0.0]}, "there is a gather before each section"),
        ({"gathers": [0.0, -1.0]}, "a section takes time"),
        ({"direct": [1.0]}, "for every exit or for none"),
        ({"direct": [1.0, 0.0]}, "a section takes time"),
    ],
)
def test_a_table_that_cannot_be(changes: dict[str, Any], words: str, tmp_path: Path) -> None:
    path = tmp_path / "times.json"
    path.write_text(json.dumps(json.loads(TIMES.as_json()) | changes))
    with pytest.raises(InputError, match=words) as found:
        Times.read(path)
    assert str(path) in str(found.value)


def test_times_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There are no times"):
        Times.read(tmp_path / "times.json")


def test_times_are_those_of_an_engine_here() -> None:
    engine = Engine("onnx", ("exit1", "exit2"), (1, 1, 1), ())
    times = replace(TIMES, machine=machine(CPU))
    assert times.fit(engine, 2)
    assert not times.fit(engine, 1)
    assert not replace(times, machine="another").fit(engine, 2)
    assert not replace(times, engine="torch").fit(engine, 2)
    assert not times.fit(replace(engine, exits=("exit1",)), 2)


def slowed(toy: Toy, monkeypatch: pytest.MonkeyPatch, gather: float) -> None:
    """Keeping an image takes so many seconds of the toy's clock."""
    put = Waiting.put

    def slow(waiting: Waiting, group: Any) -> object:
        toy.now += gather * len(group.numbers)
        return put(waiting, group)

    monkeypatch.setattr(Waiting, "put", slow)


def test_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = Toy(torch.zeros(1, 3, 2), (1.0, 2.0, 4.0))
    slowed(toy, monkeypatch, 0.5)

    def direct(exit: int) -> Callable[[Tensor], Tensor]:
        later: Iterator[float] = iter([100.0] + [1.0] * (DIRECT_RUNS - 3) + [7.0, 8.0, 9.0])

        def network(images: Tensor) -> Tensor:
            toy.now += next(later) * (exit + 1)
            return images[:, 0, exit, :-1]

        return network

    times = measure(replace(eager(toy), direct=direct), (1, 4), threads=3, repeats=2, clock=toy.clock)
    assert (times.engine, times.threads, times.machine, times.batches) == ("torch", 3, machine(CPU), (1, 4))
    assert times.sections == ((1, 1), (2, 2), (4, 4))
    assert times.gathers == (0, 0.5, 0.5)
    assert times.direct == (7, 14, 21)  # of 40 runs two took longer


def test_a_larger_batch_is_never_faster() -> None:
    readings = iter([0.0, 9, 0, 5, 0, 5, 0, 9, 0, 3, 0, 3])
    toy = Toy(torch.zeros(1, 1, 2))
    assert measure(eager(toy), (1, 2), repeats=2, clock=lambda: next(readings)).sections == ((5, 5),)


def test_a_generated_network(tmp_path: Path) -> None:
    times = measure(eager(small(tmp_path)), (1, 3), repeats=1)
    assert (times.engine, times.threads, len(times.sections)) == ("torch", torch.get_num_threads(), 3)
    assert all(0 < one <= three for one, three in times.sections)
    assert times.gathers[0] == 0
    assert min(times.gathers[1:]) > 0
    assert times.direct == ()
