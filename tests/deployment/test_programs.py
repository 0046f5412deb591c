"""Sections as programs of torch.export."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from msdl.deployment.programs import programs
from msdl.network.schedule import SectionFile
from msdl.runtime.trained import Trained
from tests.deployment.networks import maps


@pytest.fixture(scope="module")
def written(trained_once: Trained) -> tuple[SectionFile, ...]:
    return tuple(programs(trained_once))


def opened(program: SectionFile) -> torch.nn.Module:
    return torch.export.load(io.BytesIO(program.content)).module()


@pytest.mark.parametrize("count", [1, 2, 3, 17])
@torch.no_grad()
def test_chained_they_are_the_module_for_any_batch(
    count: int, written: tuple[SectionFile, ...], trained_once: Trained
) -> None:
    images = torch.randn(count, 1, 8, 8)
    state: tuple[torch.Tensor, ...] = (images,)
    for program, wanted in zip(written, trained_once.model(images), strict=True):
        assert [tuple(value.shape) for value in state] == [(count, *value.shape) for value in program.inputs]
        logits, state = opened(program)(*state)
        torch.testing.assert_close(logits, wanted, rtol=1e-5, atol=1e-5)
        assert [tuple(value.shape) for value in (logits, *state)] == [
            (count, *value.shape) for value in program.outputs
        ]


def test_a_section_reads_what_the_one_before_leaves(written: tuple[SectionFile, ...]) -> None:
    assert [value.name for value in written[0].inputs] == ["image"]
    assert all(program.outputs[0].name == "logits" for program in written)
    for before, after in pairwise(written):
        assert before.outputs[1:] == after.inputs
    assert len(written[-1].outputs) == 1


def test_every_weight_is_in_one_section(written: tuple[SectionFile, ...], trained_once: Trained) -> None:
    kept = [key for program in written for key in opened(program).state_dict()]
    assert sorted(key.removeprefix("network.") for key in kept) == sorted(trained_once.folded.weights)


def test_the_same_network_gives_the_same_bytes(written: tuple[SectionFile, ...], trained_once: Trained) -> None:
    assert tuple(programs(trained_once)) == written


def test_nothing_is_said_of_the_machine_at_work(written: tuple[SectionFile, ...]) -> None:
    place = str(Path(torch.__file__).parent).encode()
    assert all(place not in program.content and b"<msdl" not in program.content for program in written)


@torch.no_grad()
def test_exits_may_put_out_maps(tmp_path: Path) -> None:
    network = maps(tmp_path)
    images = torch.randn(3, 3, 8, 8)
    first = next(programs(network))
    assert first.outputs[0].shape == (3, 4, 4)
    torch.testing.assert_close(opened(first)(images)[0], network.model(images)[0], rtol=1e-5, atol=1e-5)
