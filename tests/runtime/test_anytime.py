"""An answer whenever time runs out."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from msdl.runtime.anytime import monotone, predict, section_times, separately
from msdl.runtime.engines import Engine, eager
from msdl.runtime.errors import InputError
from msdl.runtime.times import Times
from tests.runtime.folders import small
from tests.runtime.toy import Toy

# seconds of the sections, deadline, times that are promised, exit of the answer, late, sections that were begun
CASES = [
    ((1.0, 1.0, 1.0), 10.0, None, 2, False, 3),
    ((1.0, 1.0, 1.0), 2.5, None, 1, False, 3),  # the third is begun, and its answer comes too late to count
    ((1.0, 1.0, 1.0), 2.5, (1.0, 1.0, 1.0), 1, False, 2),
    ((1.0, 1.0, 1.0), 2.0, None, 1, False, 2),
    ((1.0, 1.0, 1.0), 2.0, (1.0, 1.0, 1.0), 1, False, 2),
    ((1.0, 1.0, 1.0), 3.0, (1.0, 1.0, 1.0), 2, False, 3),
    ((1.0, 1.0, 1.0), 0.5, None, 0, True, 1),  # an answer there must be
    ((1.0, 1.0, 1.0), 0.5, (1.0, 1.0, 1.0), 0, True, 1),
    ((1.0, 1.0, 1.0), 0.0, None, 0, True, 1),
    ((1.0, 1.0, 1.0), -1.0, None, 0, True, 1),
    ((1.0, 1.0, 1.0), math.inf, (1.0, 1.0, 1.0), 2, False, 3),
    ((1.0, 5.0, 1.0), 3.0, (1.0, 1.0, 1.0), 0, False, 2),  # the promise was broken
    ((1.0, 1.0, 1.0), 2.0, (1.0, 5.0, 1.0), 0, False, 1),
    ((1.0,), 2.0, (1.0,), 0, False, 1),
]


@pytest.mark.parametrize(("seconds", "deadline", "times", "exit", "late", "begun"), CASES)
def test_the_last_answer_in_time(
    seconds: tuple[float, ...],
    deadline: float,
    times: tuple[float, ...] | None,
    exit: int,
    late: bool,
    begun: int,
) -> None:
    images = torch.randn(2, len(seconds), 4)
    toy = Toy(images, seconds)
    answer = predict(toy, toy.numbered, deadline=deadline, times=times, clock=toy.clock)
    assert (answer.exit, answer.name, answer.late) == (exit, f"exit{exit + 1}", late)
    assert answer.seconds == sum(seconds[: exit + 1])
    assert len(toy.seen) == begun
    assert torch.equal(answer.probabilities, images[:, exit].double().softmax(1))


@given(st.lists(st.floats(0.01, 10), min_size=1, max_size=5), st.floats(0, 60), st.booleans())
def test_never_more_than_a_section_late_and_never_late_with_times(
    seconds: list[float], deadline: float, promised: bool
) -> None:
    toy = Toy(torch.zeros(1, len(seconds), 2), tuple(seconds))
    answer = predict(toy, toy.numbered, deadline, times=seconds if promised else None, clock=toy.clock)
    assert toy.now <= max(deadline, 0) + max(seconds)
    if promised and not answer.late:
        assert toy.now <= deadline * (1 + 1e-12)
        assert answer.exit == len(seconds) - 1 or toy.now + seconds[answer.exit + 1] > deadline
    assert answer.late == (seconds[0] > deadline)


def table(sections: tuple[float, ...], direct: tuple[float, ...] = ()) -> Times:
    """Times of sections whose seconds double where 8 images come."""
    return Times("toy", 1, "", (1, 8), tuple((each, 2 * each) for each in sections), (0.0,) * len(sections), direct)


def with_direct(toy: Toy, seconds: tuple[float, ...]) -> tuple[Engine, list[int]]:
    """The toy with a network for each exit, which takes so long; and the exits whose networks were run."""
    run: list[int] = []

    def direct(exit: int):
        def network(images: Tensor) -> Tensor:
            run.append(exit)
            toy.now += seconds[exit]
            return images[:, 0, exit, :-1]

        return network

    return replace(eager(toy), direct=direct), run


# seconds of the sections, of the networks of one exit as promised and in truth, deadline -> exit, late, gone straight
STRAIGHT = [
    ((2.0, 2.0, 2.0), (2.0, 3.0, 4.0), 4.0, 2, False, True),
    ((2.0, 2.0, 2.0), (2.0, 3.0, 4.0), 3.5, 1, False, True),
    ((2.0, 2.0, 2.0), (2.0, 3.0, 4.0), 2.5, 0, False, False),  # as deep by sections
    ((2.0, 2.0, 2.0), (2.0, 3.0, 4.0), 6.0, 2, False, False),
    ((2.0, 2.0, 2.0), (2.0, 3.0, 4.0), 1.0, 0, True, False),  # nothing fits
    ((2.0, 2.0, 2.0), (1.0, 3.0, 4.0), 1.5, 0, False, True),
    ((2.0, 2.0, 2.0), (9.0, 9.0, 9.0), 5.0, 1, False, False),
    ((2.0, 2.0, 2.0), (5.0, 4.5, 4.0), 4.0, 2, False, True),
]


@pytest.mark.parametrize(("sections", "direct", "deadline", "exit", "late", "straight"), STRAIGHT)
def test_straight_to_the_deepest_exit_that_fits(
    sections: tuple[float, ...], direct: tuple[float, ...], deadline: float, exit: int, late: bool, straight: bool
) -> None:
    images = torch.randn(1, len(sections), 4)
    toy = Toy(images, sections)
    engine, run = with_direct(toy, direct)
    answer = predict(engine, toy.numbered, deadline, times=table(sections, direct), clock=toy.clock)
    assert (answer.exit, answer.name, answer.late) == (exit, f"exit{exit + 1}", late)
    assert (run, bool(toy.seen)) == ([exit] if straight else [], not straight)
    assert answer.seconds == toy.now
    assert torch.equal(answer.probabilities, images[:, exit].double().softmax(1))


def test_a_network_that_takes_longer_than_was_promised_is_late() -> None:
    toy = Toy(torch.zeros(1, 2, 2), (2.0, 2.0))
    engine, _ = with_direct(toy, (1.0, 9.0))
    answer = predict(engine, toy.numbered, 3.0, times=table((2.0, 2.0), (1.0, 3.0)), clock=toy.clock)
    assert (answer.exit, answer.seconds, answer.late) == (1, 9.0, True)


@pytest.mark.parametrize("why", ["no network of one exit", "no time of one", "several images", "combined"])
def test_where_only_sections_will_do(why: str) -> None:
    toy = Toy(torch.ones(2 if why == "several images" else 1, 3, 2), (2.0, 2.0, 2.0))
    engine, run = with_direct(toy, (1.0, 1.0, 1.0))
    if why == "no network of one exit":
        engine = eager(toy)
    times = table((2.0, 2.0, 2.0), () if why == "no time of one" else (1.0, 1.0, 1.0))
    combine = monotone if why == "combined" else separately
    answer = predict(engine, toy.numbered, 5.0, times=times, combine=combine, clock=toy.clock)
    assert (answer.exit, answer.late, run) == (1, False, [])


def test_more_images_take_longer() -> None:
    """As the table says: seconds double from 1 to 8 images."""
    toy = Toy(torch.zeros(8, 3, 2), (1.0, 1.0, 1.0))
    assert predict(toy, toy.numbered, 2.5, times=table((1.0, 1.0, 1.0)), clock=toy.clock).exit == 0
    assert predict(toy, toy.numbered, 3.0, times=table((1.0, 1.0, 1.0)), clock=toy.clock).exit == 1


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (torch.zeros(1, 2, 4), r"^Images come in a batch, N x 1 x 2 x 4, and these are 1 x 2 x 4\.$"),
        (torch.zeros(0, 1, 2, 4), "and these are 0 x 1 x 2 x 4"),
        (torch.tensor(1.0), "and these are a single number"),
        (torch.zeros(1, 1, 2, 5), r"^An image is 1 x 2 x 4, and this one 1 x 2 x 5\.$"),
        (torch.zeros(1, 1, 2, 4, dtype=torch.uint8), "of float32, and this one of uint8"),
        (torch.full((1, 1, 2, 4), math.nan), "not a finite number"),
    ],
)
def test_images_that_cannot_be_read(images: Tensor, words: str) -> None:
    toy = Toy(torch.zeros(1, 2, 3))
    with pytest.raises(InputError, match=words):
        predict(toy, images, 1.0, times=table((1.0, 1.0)), clock=toy.clock)
    assert not toy.seen


def test_images_are_brought_to_where_the_network_is() -> None:
    places: list[str] = []

    def section(images: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        places.append(images.device.type)
        return torch.zeros(len(images), 2), ()

    engine = Engine("toy", ("exit1",), (1, 2, 2), (section,), device=torch.device("meta"))
    predict(engine, torch.zeros(1, 1, 2, 2), 1.0)
    assert places == ["meta"]


@st.composite
def promises(draw: st.DrawFn) -> tuple[Times, tuple[float, ...], float]:
    """Times of sections and of networks of one exit, as often out of order as not; and a deadline."""
    exits = draw(st.integers(1, 4))
    row = st.lists(st.floats(0.1, 10), min_size=exits, max_size=exits).map(tuple)
    sections, direct = draw(row), draw(row)
    return table(sections, direct), sections, draw(st.floats(0, 50) | st.sampled_from([*direct, *accumulate(sections)]))


@given(promises())
def test_where_promises_are_kept_no_answer_in_time_is_deeper(promised: tuple[Times, tuple[float, ...], float]) -> None:
    times, sections, deadline = promised
    toy = Toy(torch.zeros(1, len(sections), 2), sections)
    engine, run = with_direct(toy, times.direct)
    answer = predict(engine, toy.numbered, deadline, times=times, clock=toy.clock)
    by_sections = [exit for exit, seconds in enumerate(accumulate(sections)) if seconds <= deadline]
    straight = [exit for exit, seconds in enumerate(times.direct) if seconds <= deadline]
    assert answer.exit == max([*by_sections, *straight], default=0)
    assert answer.late == (not by_sections and not straight)
    assert answer.late or toy.now <= deadline
    assert bool(run) == (not toy.seen)


def test_a_generated_network(tmp_path: Path) -> None:
    model = small(tmp_path)
    images = torch.randn(2, 3, 8, 8)
    with torch.inference_mode():
        last = model(images)[-1].double().softmax(1)
    model.train()
    answer = predict(model, images, deadline=math.inf)
    assert (answer.exit, answer.name, answer.late) == (2, "exit3", False)
    assert torch.equal(answer.probabilities, last)
    assert model.training


def test_section_times_are_medians_after_a_warm_up() -> None:
    toy = Toy(torch.zeros(1, 2, 2))
    readings = iter([0.0, 50, 90, 0, 3, 4, 0, 7, 8, 0, 3, 5])
    assert section_times(toy, toy.numbered, repeats=3, clock=lambda: next(readings)) == (3, 1)
    assert len(toy.seen) == 2 * 4


def test_without_images_the_sections_are_timed_on_one_of_the_networks_kind(tmp_path: Path) -> None:
    model = small(tmp_path).double()
    times = section_times(model)
    assert len(times) == 3 and min(times) > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"deadline": math.nan}, "not a number"),
        ({"deadline": 1, "times": (1.0,)}, "as many sections, not 1"),
        ({"deadline": 1, "times": table((1.0, 1.0, 1.0))}, "as many sections, not 3"),
    ],
)
def test_what_makes_no_sense(arguments: dict[str, object], words: str) -> None:
    toy = Toy(torch.zeros(1, 2, 2))
    with pytest.raises(ValueError, match=words):
        predict(toy, toy.numbered, **arguments)
    assert not toy.seen


# Product anytime

LOGITS = st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(0, 2**31)).map(
    lambda drawn: torch.randn(drawn[0], 3, drawn[1], generator=torch.Generator().manual_seed(drawn[2])) + 0.5
)


@given(LOGITS)
def test_probabilities_of_classes_that_stay_never_fall(logits: Tensor) -> None:
    """Jazbec et al. 2023, the theorem for the Heaviside step."""
    probabilities = torch.stack([*monotone(logits, len(logits), hard=True)])
    staying = (logits > 0).all(0)
    assume(staying.any())
    rises = probabilities.diff(dim=0)[:, staying]
    assert (rises >= -1e-12).all()


@given(LOGITS)
def test_the_product_of_relus(logits: Tensor) -> None:
    count = len(logits)
    for m, found in enumerate(monotone(logits, count), start=1):
        product = torch.ones(logits.shape[1:], dtype=torch.float64)
        for i in range(1, m + 1):
            product *= logits[i - 1].double().clamp(min=0) ** (i / count)
        for row, answer, fallback in zip(product, found, logits[m - 1].double().softmax(1), strict=True):
            wanted = row / row.sum() if row.any() else fallback
            torch.testing.assert_close(answer, wanted, rtol=1e-9, atol=1e-12)


@given(LOGITS)
def test_a_class_that_was_ruled_out_stays_out(logits: Tensor) -> None:
    possible = torch.ones(logits.shape[1:], dtype=torch.bool)
    for of_exit, probabilities in zip(logits, monotone(logits, len(logits)), strict=True):
        possible &= of_exit > 0
        rows = possible.any(1)
        assert not probabilities[rows][~possible[rows]].any()


def test_exits_are_combined_as_they_come() -> None:
    images = torch.tensor([[[2.0, 1, -1], [1, 2, 3], [0, 0, 9]]])
    toy = Toy(images, (1.0, 1.0, 1.0))
    answer = predict(toy, toy.numbered, 2.0, combine=monotone, clock=toy.clock)
    weights = torch.tensor([2 ** (1 / 3), 2 ** (2 / 3), 0], dtype=torch.float64)
    torch.testing.assert_close(answer.probabilities[0], weights / weights.sum())
    assert len(toy.seen) == 2


def test_separately_is_the_softmax_over_classes_of_maps_too() -> None:
    maps = torch.randn(2, 3, 4, 4)
    (found,) = separately([maps], 1)
    torch.testing.assert_close(found.sum(1), torch.ones(2, 4, 4, dtype=torch.float64))
