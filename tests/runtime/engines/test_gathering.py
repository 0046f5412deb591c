"""Rows gathered by ONNX Runtime are those that torch gathers."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from msdl.runtime.engines.gathering import MANY, gather, model
from msdl.runtime.engines.onnx import onnxruntime, options, session

COPY = gather(session(onnxruntime(), model(), "The gather", options()))


@given(st.lists(st.integers(0, 15), min_size=1, max_size=16), st.sampled_from([(), (7,), (3, 5), (4, 64, 64)]))
def test_rows_are_copied_to_their_place_alone(rows: list[int], shape: tuple[int, ...]) -> None:
    values = torch.randn(16, *shape)
    room = torch.zeros(40, *shape)
    COPY(values, torch.tensor(rows), room[10 : 10 + len(rows)])
    assert torch.equal(room[10 : 10 + len(rows)], values[rows])
    assert not room[:10].any()
    assert not room[10 + len(rows) :].any()


@pytest.mark.parametrize("count", [1, 1 + MANY // (4 * 256)])
def test_values_and_rows_in_another_order(count: int) -> None:
    values = torch.randn(256, 2 * count).t()
    rows = torch.arange(0, 2 * count).flip(0)[::2]
    room = torch.empty(count, 256)
    COPY(values, rows, room)
    assert torch.equal(room, values[rows])
