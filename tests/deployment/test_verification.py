"""An export held against the module: what differs is found, wherever it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from msdl.deployment.images import random_images
from msdl.deployment.verification import MOST, TOLERANCE, Verification, insist_on_likeness, said, tolerant, verified
from msdl.runtime.engines import Engine, eager
from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.runtime.trained import Trained

COUNT = 40
EXITS = ("exit1", "exit2", "exit3")


def judged(trained: Trained, found: tuple[Tensor, ...], policy: Policy | None = None) -> Verification:
    return verified(eager(trained.model), trained.model, random_images((1, 8, 8), COUNT), found, policy)


def of_module(trained: Trained) -> tuple[Tensor, ...]:
    return said(eager(trained.model), random_images((1, 8, 8), COUNT))


def test_a_module_is_like_itself(trained_once: Trained) -> None:
    found = judged(trained_once, of_module(trained_once))
    assert (found.difference, found.relative, found.flips, found.agreement) == (0, 0, 0, 1)
    assert (found.images, found.count, found.decisions) == ("random", COUNT, 3 * COUNT)
    insist_on_likeness(found)


def test_what_was_not_kept_is_said_again(trained_once: Trained) -> None:
    images = random_images((1, 8, 8), COUNT, size=7)
    found = verified(eager(trained_once.model), trained_once.model, images, None, None)
    assert (found.difference, found.flips, found.decisions) == (0, 0, 3 * COUNT)


@given(st.integers(0, 2), st.integers(0, COUNT - 1), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_one_logit_that_differs_is_found(trained_once: Trained, exit: int, image: int, label: int) -> None:
    found = [logits.clone() for logits in of_module(trained_once)]
    scale = float(found[exit][image].abs().max())
    found[exit][image, label] += 3 * TOLERANCE * scale
    judgement = judged(trained_once, tuple(found))
    assert judgement.relative == pytest.approx(3 * TOLERANCE, rel=0.01)
    assert judgement.difference == pytest.approx(3 * TOLERANCE * scale, rel=0.01)
    with pytest.raises(InputError, match=r"logits differ from the module's by up to .* on 40 random images"):
        insist_on_likeness(judgement)


def test_a_direct_graph_that_differs_is_found(trained_once: Trained) -> None:
    engine = eager(trained_once.model)
    images = random_images((1, 8, 8), COUNT)

    def alone(exit: int) -> Callable[[Tensor], Tensor]:
        return lambda batch: [*engine.outputs(batch)][exit] + (exit == 1)

    judgement = verified(replace(engine, direct=alone), trained_once.model, images, of_module(trained_once), None)
    assert judgement.difference == pytest.approx(1)
    assert judgement.flips == 0


@pytest.mark.parametrize(("thresholds", "flips"), [((None, None), COUNT), ((0.0, 0.0), 0)])
def test_a_decision_is_the_class_at_the_exit_where_the_policy_stops(
    thresholds: tuple[float | None, ...], flips: int, trained_once: Trained
) -> None:
    *others, last = of_module(trained_once)
    found = judged(trained_once, (*others, last.roll(1, dims=1)), Policy(EXITS, thresholds))
    assert (found.flips, found.decisions) == (flips, COUNT)


def test_another_exit_is_another_decision(trained_once: Trained) -> None:
    """Logits ten times as large have the same classes; but an exit is surer, so that more images stop there."""
    found = tuple(10 * logits for logits in of_module(trained_once))
    assert judged(trained_once, found).flips == 0
    assert judged(trained_once, found, Policy(EXITS, (0.9, 0.9))).flips > 0


def test_a_policy_for_the_first_exits_decides_there(trained_once: Trained) -> None:
    *others, last = of_module(trained_once)
    assert judged(trained_once, (*others, last.roll(1, dims=1)), Policy(EXITS[:2], (None,))).flips == 0


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_what_is_no_number_is_no_likeness(value: float, trained_once: Trained) -> None:
    found = of_module(trained_once)
    found[1][7, 3] = value
    with pytest.raises(InputError):
        insist_on_likeness(judged(trained_once, found))


class Saturated(torch.nn.Module):
    """The difference of two large numbers: in float32 little of it is left."""

    def __init__(self, size: float) -> None:
        super().__init__()
        self.size = size

    def exits(self, image: Tensor) -> list[Tensor]:
        return [(image.flatten(1) + self.size) - self.size]


@pytest.mark.parametrize(
    ("size", "least", "most"), [(0, TOLERANCE, TOLERANCE), (1e4, 2 * TOLERANCE, 2e-2), (1e7, MOST, MOST)]
)
def test_where_rounding_moves_a_module_it_may_move_an_export(size: float, least: float, most: float) -> None:
    far = Verification("random", COUNT, 1.0, 1e-3, COUNT, 0)
    found = tolerant(far, Saturated(size), random_images((1, 8, 8), COUNT))
    assert least <= found.tolerance <= most
    assert found.as_json()["tolerance"] == found.tolerance


def test_what_is_like_the_module_is_not_computed_again(trained_once: Trained) -> None:
    found = judged(trained_once, of_module(trained_once))
    assert tolerant(found, torch.nn.Identity(), random_images((1, 8, 8), COUNT)) is found


def test_what_is_farther_than_rounding_is_refused() -> None:
    images = random_images((1, 8, 8), COUNT)
    far = tolerant(Verification("random", COUNT, 1.0, 0.04, COUNT, 0), Saturated(1e4), images)
    with pytest.raises(InputError, match="is allowed"):
        insist_on_likeness(far)


def test_every_position_of_a_map_is_a_decision() -> None:
    logits = torch.randn(COUNT, 3, 4, 4)
    sections = (lambda image: (logits[: len(image)], ()),)
    engine = Engine("maps", ("exit1",), (1, 8, 8), sections)

    class Maps(torch.nn.Module):
        def exits(self, image: Tensor) -> list[Tensor]:
            return [logits[: len(image)]]

    found = said(engine, random_images((1, 8, 8), COUNT))
    judgement = verified(engine, Maps(), random_images((1, 8, 8), COUNT), found, None)
    assert judgement.decisions == COUNT * 16
    assert judgement.flips == 0
