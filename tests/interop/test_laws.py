"""Flags that the port can't take, or would build wrongly, get a diagnostic that says so, at the flag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msdl.diagnostics import SpecError
from msdl.interop.msdnet_pytorch import translate
from msdl.interop.msdnet_pytorch.flags import FLAGS
from msdl.report import render
from tests.interop.port import FOUR_SCALES, Flags

GOLDEN = Path(__file__).parent / "golden" / "diagnostics.txt"
LINES = [flag.name for flag in FLAGS]


def found(flags: Flags) -> str:
    """`CODE@flag` for every diagnostic."""
    with pytest.raises(SpecError) as caught:
        translate(flags)
    spans = [(each.code, each.span) for each in caught.value.diagnostics]
    return " ".join(f"{code}@{LINES[span.line - 1]}" for code, span in spans if span is not None)


CASES: list[tuple[Flags, str]] = [
    ({"growthRate": 5, "grFactor": "1-1-2"}, "MSD701@growthRate"),
    ({"growthRate": 1, "grFactor": "2-3", "bnFactor": "1-1", "image-size": 20}, "MSD701@growthRate"),
    ({"prune": "min", "base": 2}, "MSD702@prune"),
    ({"prune": "min", "base": 1, "grFactor": "1-2", "bnFactor": "1-2", "image-size": 20}, "MSD702@prune"),
    ({"image-size": 16}, "MSD703@image-size"),
    ({"image-size": 49}, "MSD703@image-size"),
    ({"data": "ImageNet"}, "MSD703@image-size"),
    ({**FOUR_SCALES, "nBlocks": 3, "image-size": 64}, "MSD703@image-size"),
    ({"grFactor": "1", "bnFactor": "1"}, "MSD703@image-size"),
    ({"bnFactor": "1-2"}, "MSD704@bnFactor"),
    ({"nBlocks": 3, "stepmode": "even", "step": 0}, "MSD704@step"),
    ({"reduction": 0.01}, "MSD705@reduction"),
    ({"reduction": 1e-300, "nBlocks": 3, "prune": "min"}, "MSD705@reduction"),
    ({"growthRate": 5, "bnFactor": "1-2", "image-size": 50}, "MSD704@bnFactor MSD703@image-size"),
    (
        {"nBlocks": "seven", "base": 0, "stepmode": "evn", "step": -1, "nChannels": 2.5, "growthRate": "",
         "grFactor": "1-x", "prune": "mx", "reduction": "nan", "bottleneck": "false", "image-size": 10**7},
        " ".join(f"MSD704@{name}" for name in LINES if name not in ("data", "bnFactor")),
    ),
    ({"data": "mnist"}, "MSD704@data"),
    ({"grFactor": "1-0-2"}, "MSD704@grFactor"),
    ({"grFactor": "1--2"}, "MSD704@grFactor"),
    ({"grFactor": "-".join(["1"] * 51)}, "MSD704@grFactor"),
    ({"reduction": 1.5}, "MSD704@reduction"),
    ({"reduction": -0.5}, "MSD704@reduction"),
    ({"nChannels": "9" * 5000}, "MSD704@nChannels"),
    ({"base": "4\n--step 3"}, "MSD704@base"),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "expected"), CASES)
def test_each_breach_at_its_flag(flags: Flags, expected: str) -> None:
    assert found(flags) == expected


def test_the_words(golden: Callable[[str, Path], None]) -> None:
    """One of each law, as a person reads it."""
    shown: list[str] = []
    for number in (0, 2, 6, 7, 9, 10, 11):
        with pytest.raises(SpecError) as caught:
            translate(CASES[number][0])
        shown.append(render(caught.value.diagnostics, "human"))
    golden("\n".join(shown), GOLDEN)


@pytest.mark.parametrize(
    "flags",
    [{"nBlocks": 10**6, "stepmode": "even", "step": 10**6}, {"nBlocks": 10**6, "step": 10**6}, {"base": 10**6}],
)
def test_networks_beyond_bounds_are_refused_at_once(flags: Flags) -> None:
    with pytest.raises(SpecError) as caught:
        translate(flags)
    assert {found.code for found in caught.value.diagnostics} <= {"MSD303", "MSD516"}


@pytest.mark.parametrize(
    "flags",
    [{"bnFactor": "1-2-4-4"}, {"image-size": 17}, {"image-size": 48}, {**FOUR_SCALES, "image-size": 129}],
)
def test_what_just_goes(flags: Flags) -> None:
    assert translate(flags).valid
