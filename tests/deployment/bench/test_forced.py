from __future__ import annotations

from typing import cast

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from msdl.deployment.bench.forced import Forced
from msdl.runtime.budgeted import route
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from tests.runtime.toy import Toy

CPU = torch.device("cpu")
NAMES = ("exit1", "exit2", "exit3")


def stopped(counts: tuple[int, ...], batch: int, seed: int = 0) -> list[int]:
    """At which exit each image leaves a network that is equally sure of all of them."""
    images = torch.ones(sum(counts), len(counts), 2)
    rule = Forced(NAMES[: len(counts)], counts, CPU, seed)
    return route(Toy(images).eval(), Toy(images).numbered, cast(Policy, rule), batch_size=batch).exit.tolist()


@given(st.lists(st.integers(0, 30), min_size=3, max_size=3).filter(any), st.integers(1, 40))
def test_as_many_images_leave_at_each_exit_as_the_mix_says(counts: list[int], batch: int) -> None:
    exits = stopped((*counts,), batch)
    assert [exits.count(exit) for exit in range(3)] == counts


def test_chance_decides_who_leaves_and_the_same_seed_decides_the_same() -> None:
    assert stopped((20, 20, 20), 16) == stopped((20, 20, 20), 16) != stopped((20, 20, 20), 16, seed=1)


def test_how_sure_an_exit_is_is_worked_out_as_a_policy_does() -> None:
    logits = torch.randn(5, 3)
    rule = Forced(NAMES, (5, 0, 0), CPU)
    assert torch.equal(rule.confidences(logits, 1), Policy.to_the_last(NAMES).confidences(logits, 1))


def test_a_mix_for_other_exits_is_refused() -> None:
    with pytest.raises(InputError, match="is for exits exit1, exit2, exit3; the network has early, late"):
        Forced(NAMES, (1, 1, 1), CPU).insist_on(("early", "late"))
