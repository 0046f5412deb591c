from __future__ import annotations

import pytest
import torch

from msdl.deployment.bench import throughput
from msdl.deployment.bench.images import Benched
from msdl.deployment.bench.mixes import Mix, mixes
from msdl.deployment.bench.throughput import Lane, Load, images_for, loads, mix_times, ready, through, throughputs
from msdl.runtime.engines import as_engine
from msdl.runtime.policy import Policy
from tests.runtime.toy import Toy

EVEN = Mix("even", (0.5, 0.5))


@pytest.fixture
def toy() -> Toy:
    """Two sections of 1 and 2 seconds for 8 images, whose first exit is sure of the images 0, 4, ..."""
    sure = torch.arange(8) % 4 == 0
    logits = torch.zeros(8, 2, 2)
    logits[sure, 0, 1] = 20.0
    return Toy(logits, (1.0, 2.0))


def test_time_is_that_of_refilled_batches(toy: Toy) -> None:
    lane, work = Lane(as_engine(toy), None), loads(mixes(["all-first", ".5/.5"], 2), None, 8, 4)
    (passes,) = throughputs([lane], Benched(toy.numbered, "random"), work, 3, toy.clock)
    last, first, even = mix_times([1, 3], work, passes)
    assert (last.mix, last.seconds, last.macs, last.eta, last.shares) == ("all-last", 6.0, 3.0, 1.0, (0.0, 1.0))
    assert (first.mix, first.seconds, first.macs, first.eta, first.shares) == ("all-first", 2.0, 1.0, 1.0, (1.0, 0.0))
    assert (even.mix, even.seconds, even.macs, even.eta, even.shares) == (".5/.5", 4.0, 2.0, 1.0, (0.5, 0.5))
    assert last.passes == 3 and last.forced
    assert last.as_json() == {
        "mix": "all-last", "batch": 4, "images": 8, "ms": 6000, "macs": 3, "eta": 1,
        "shares": [0, 1], "passes": 3, "exits_by": "mix",
    }  # fmt: skip


def test_a_policy_decides_by_the_images(toy: Toy) -> None:
    engine = as_engine(toy)
    (*_, own) = loads(mixes([], 2), Policy(engine.exits, (0.9,)), 8, 4)
    passed = through(Lane(engine, None), toy.numbered, own, toy.clock)
    assert passed.stopped == (2, 6)
    (found,) = mix_times([1, 3], [own], [(passed,)])
    assert (found.mix, found.forced, found.as_json()["exits_by"]) == ("own", False, "policy")


@pytest.mark.parametrize("images", [1, 3, 8, 21])
def test_images_that_memory_is_too_small_for_come_again(toy: Toy, images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throughput, "MEMORY", 5 * toy.numbered[0].nbytes)
    load = Load("even", images, 4, EVEN)
    engine = as_engine(toy)
    given = ready(Benched(toy.numbered, "random"), load, engine)
    assert len(given) == min(images, 4)
    assert through(Lane(engine, None), given, load, toy.clock).stopped == EVEN.counts(images)


@pytest.mark.parametrize(
    ("asked", "seconds", "expected"), [(100, 1e9, 100), (None, 1e-3, 2048), (None, 0.5, 1280), (None, 10.0, 512)]
)
def test_slow_networks_have_fewer_images(asked: int | None, seconds: float, expected: int) -> None:
    assert images_for(asked, 64, seconds) == expected
