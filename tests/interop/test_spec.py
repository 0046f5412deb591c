"""The port's flags become specs that a person reads, and that mean the same to the last number."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from msdl.compilation import Compilation
from msdl.diagnostics import SpecError
from msdl.interop.msdnet_pytorch import translate
from msdl.interop.msdnet_pytorch.flags import FLAGS, read_flags
from msdl.interop.msdnet_pytorch.keys import entries
from msdl.language.format import format_text
from tests.interop.port import COSTED, ODD, WEIGHED, Flags, tensors
from tests.library.facts import MSDNET, ExitFacts

GOLDEN = Path(__file__).parent / "golden"
ALL = COSTED | WEIGHED | ODD


def text(compilation: Compilation) -> str:
    assert compilation.text is not None
    return compilation.text.text


@pytest.mark.parametrize("name", ALL)
def test_the_spec(name: str, golden: Callable[[str, Path], None]) -> None:
    golden(text(translate(ALL[name], name=name)), GOLDEN / f"{name}.msd")


@pytest.mark.parametrize("name", COSTED)
def test_every_exit_costs_what_the_port_counts(name: str) -> None:
    found = [
        ExitFacts(exit.layer, exit.channels, exit.parameters, exit.macs.grid, exit.macs.lazy, exit.macs.direct)
        for exit in translate(COSTED[name]).costs.exits
    ]
    assert found == list(MSDNET[name])


@pytest.mark.parametrize("name", ALL)
def test_the_spec_keeps_its_layout_and_its_promises(name: str) -> None:
    compilation = translate(ALL[name])
    assert compilation.text is not None
    assert format_text(compilation.text) == compilation.text.text
    # What no exit needs is dropped, and an exit may read a compressed map: both are so in the port.
    assert {found.code for found in compilation.diagnostics} <= {"MSD511", "MSD514"}
    assert "expect params" in compilation.text.text


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ({"nBlocks": 7, "stepmode": "even", "step": 2}, "exits at 4..16 step 2:"),
        ({"nBlocks": 4, "stepmode": "even", "base": 2}, "exits at 2..5:"),
        ({"nBlocks": 4, "step": 0}, "exits at 4..7:"),
        ({"nBlocks": 5, "base": 1}, "exits at n*(n+1)/2 for n in 1..5:"),
        ({"nBlocks": 5, "step": 2, "base": 3}, "exits at 3 + 2*k*(k+1)/2 + k for k in 0..4:"),
        ({"nBlocks": 3, "base": 1}, "exits at 1, 3, 6:"),
        ({"reduction": 0.25}, "reduce at 2: conv1x1(compress(0.25)) bn relu"),
        ({"reduction": 0, "base": 6}, "reduce at 2, 4\n"),
        ({"prune": "min", "base": 6}, "transition at 2, 4: conv1x1(compress(0.5)) bn relu"),
        ({"reduction": 0.58, "base": 7, "nChannels": 26}, "reduce at 3: conv1x1(28 * factor) bn relu"),
        ({"reduction": 0.29, "base": 7, "nChannels": 26}, "reduce at 3, 6: conv1x1(compress(0.29)) bn relu"),
        ({"bottleneck": False}, "diagonal   conv3x3(share)/2 bn relu"),
        ({"data": "ImageNet", "image-size": 112}, "stem     conv7x7(init, bias)/2 bn relu"),
    ],
)
def test_what_a_flag_says(flags: Flags, line: str) -> None:
    assert line in text(translate(flags))


def test_the_exits_of_the_general_rule() -> None:
    """base, then step * i + 1 layers more: 3, 3 + 3, 6 + 5, 11 + 7, 18 + 9."""
    found = translate({"nBlocks": 5, "step": 2, "base": 3}).network.exits
    assert [exit.layer for exit in found] == [3, 6, 11, 18, 27]


def test_without_a_stepmode_blocks_grow() -> None:
    assert text(translate({"nBlocks": 3})) == text(translate({"nBlocks": 3, "stepmode": "lin_grow"}))


def test_a_flag_that_the_port_lacks() -> None:
    with pytest.raises(TypeError, match="no flag 'nblocks'; did you mean 'nBlocks'"):
        translate({"nblocks": 7})


@st.composite
def flags(draw: st.DrawFn) -> Flags:
    """Small networks, whatever the port thinks of them."""
    data = draw(st.sampled_from(["cifar10", "cifar100", "ImageNet"]))
    scales = draw(st.integers(1, 4))
    factors = draw(st.lists(st.integers(1, 4), min_size=scales, max_size=scales))
    widths = draw(st.lists(st.integers(1, 4), min_size=scales, max_size=scales))
    return {
        "data": data,
        "nBlocks": draw(st.integers(1, 4)),
        "base": draw(st.integers(1, 6)),
        "stepmode": draw(st.sampled_from(["even", "lin_grow"])),
        "step": draw(st.integers(0, 3)),
        "nChannels": draw(st.integers(1, 40)),
        "growthRate": 2 * draw(st.integers(1, 6)) - draw(st.sampled_from([0, 0, 0, 1])),
        "grFactor": "-".join(map(str, factors)),
        "bnFactor": "-".join(map(str, widths)),
        "prune": draw(st.sampled_from(["max", "min"])),
        "reduction": draw(st.sampled_from([0, 0.1, 0.29, 0.3, 0.5, 0.55, 0.58, 0.7, 1 / 3, 2 / 3, 0.99, 1])),
        "bottleneck": draw(st.booleans()),
        "image-size": 5 << (scales - 1 + 2 * (data == "ImageNet")),
    }


@settings(max_examples=40)
@given(flags())
def test_every_tensor_is_the_ports(flags: Flags) -> None:
    """Keys and shapes of the imported network are those that the port builds, for all flags that msdl takes."""
    options, _, _ = read_flags(flags)
    assert options is not None
    try:
        compilation = translate(flags)
    except SpecError as error:
        if all(found.code.startswith("MSD70") for found in error.diagnostics):
            reject()
        raise
    assert {entry.theirs: entry.shape for entry in entries(compilation)} == tensors(options)


def test_the_page_shows_what_is_written() -> None:
    """docs/msdnet-pytorch.md: the flags of its first example, and the spec below."""
    page = (Path(__file__).parents[2] / "docs" / "msdnet-pytorch.md").read_text(encoding="utf-8")
    (words,) = re.findall(r"^\$ msdl import msdnet-pytorch (.+) -o cifar\.msd$", page, re.MULTILINE)
    (shown,) = re.findall(r"^```msd\n(.+?)^```$", page, re.MULTILINE | re.DOTALL)
    names, values = (words.split()[start::2] for start in (0, 1))
    flags = {name.removeprefix("--"): value for name, value in zip(names, values, strict=True)}
    assert text(translate(flags, name="cifar")) == shown


def test_the_page_has_every_flag() -> None:
    page = (Path(__file__).parents[2] / "docs" / "msdnet-pytorch.md").read_text(encoding="utf-8")
    defaults = re.findall(r"^\| (`--.+?) \| (.+?) \|", page, re.MULTILINE)
    shown = {
        name.strip("`-"): default.strip("`")
        for names, of in defaults
        for name, default in zip(names.split(", "), of.split(", "), strict=True)
    }
    assert shown == {flag.name: flag.default or "by data" for flag in FLAGS}
