"""An answer whenever time runs out."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch import Tensor

from msdl.runtime.anytime import monotone, predict, section_times, separately
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
    [({"deadline": math.nan}, "not a number"), ({"deadline": 1, "times": (1.0,)}, "as many sections, not 1")],
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
