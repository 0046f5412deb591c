"""What exits tell of every pixel, one image after another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from msdl.runtime.dense import until, within
from msdl.runtime.engines import Engine, eager
from tests.runtime.folders import MAPS, small


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return eager(small(tmp_path, spec=MAPS))


IMAGE = torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("exits", [1, 2, 3])
def test_the_last_of_so_many_exits_is_heard(exits: int, engine: Engine) -> None:
    told = until(engine, exits)(IMAGE)
    with engine.running():
        wanted = [*engine.outputs(IMAGE)][exits - 1]
    assert torch.equal(told.logits, wanted[0])
    assert (told.exit, told.late, told.finite) == (exits - 1, False, True)


@pytest.mark.parametrize(("deadline", "exit", "late"), [(1e-9, 0, True), (1e9, 2, False)])
def test_a_deadline_gives_logits_but_for_a_number_a_pixel(
    deadline: float, exit: int, late: bool, engine: Engine
) -> None:
    told = within(engine, deadline)(IMAGE)
    with engine.running():
        wanted = [*engine.outputs(IMAGE)][exit][0].double()
    assert (told.exit, told.late) == (exit, late)
    apart = told.logits - wanted
    torch.testing.assert_close(apart, apart[:1].expand_as(apart))


def test_what_is_surely_wrong_is_still_a_number(engine: Engine) -> None:
    assert within(engine, 1e9)(IMAGE * 1e6).finite


@pytest.mark.parametrize("deadline", [None, 1e9])
def test_what_is_no_number_is_told(deadline: float | None, engine: Engine) -> None:
    def broken(*state: torch.Tensor) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        return torch.full((1, 3, 8, 8), torch.nan), ()

    alone = replace(engine, exits=("exit1",), sections=(broken,))
    tell = until(alone, 1) if deadline is None else within(alone, deadline)
    assert not tell(IMAGE).finite
