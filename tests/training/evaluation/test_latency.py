from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from msdl.runtime.policy import Policy
from msdl.training.evaluation.latency import Timed, Timing, early_exit, every_exit, interleaved, passes_for, together
from msdl.training.evaluation.subject import Subject


def said(seconds: Iterator[float], log: list[str], name: str) -> Timing:
    def run(batch: torch.Tensor) -> Timed:
        log.append(name)
        return Timed((batch,), (next(seconds), 2.0))

    return run


def test_passes_are_interleaved_and_their_median_counts() -> None:
    log: list[str] = []
    batch = torch.zeros(2)
    slow = said(iter([99.0, 5.0, 1.0, 3.0]), log, "slow")
    fast = said(iter([99.0, 0.5, 0.1, 0.3]), log, "fast")
    first, second = interleaved([(slow, batch), (fast, batch)], passes=3, warm_up=True)
    assert first.seconds == (3.0, 2.0) and second.seconds == (0.3, 2.0)
    assert [set(log[start : start + 2]) for start in range(0, 8, 2)] == [{"slow", "fast"}] * 4


def test_without_warming_up_the_first_pass_counts() -> None:
    log: list[str] = []
    interleaved([(said(iter([1.0]), log, "one"), torch.zeros(2))], passes=1, warm_up=False)
    assert log == ["one"]


def test_batches_add_up() -> None:
    parts = [Timed((torch.arange(2), torch.ones(2)), (1.0, 2.0)), Timed((torch.arange(3), torch.ones(3)), (0.5, 1.0))]
    whole = together(parts)
    assert whole.results[0].tolist() == [0, 1, 0, 1, 2] and whole.seconds == (1.5, 3.0)


@pytest.mark.parametrize(("images", "passes"), [(1, 5), (360, 5), (2_500, 4), (10_000, 1), (50_000, 1)])
def test_few_images_are_gone_through_more_often(images: int, passes: int) -> None:
    assert passes_for(images) == passes


def test_every_exit_answers_later_than_the_one_before(subject: Subject) -> None:
    image = torch.randn(3, 1, 8, 8)
    with torch.inference_mode():
        timed = every_exit(subject.model, 16)(image)
        torch.testing.assert_close(timed.results, subject.model(image))
    assert len(timed.seconds) == 3 and sorted(timed.seconds) == [*timed.seconds] and timed.seconds[0] > 0


def test_early_exit_says_where_and_what(subject: Subject) -> None:
    image = torch.randn(40, 1, 8, 8)
    policy = Policy(subject.exits, (0.4, 0.5))
    classes, exits = early_exit(subject.model, policy, 16)(image).results
    with torch.inference_mode():
        logits = torch.stack(subject.model(image))
    assert exits.tolist() == policy.exits_of(logits).tolist()
    assert classes.tolist() == logits.argmax(-1)[exits, torch.arange(40)].tolist()
