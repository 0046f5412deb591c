"""What became of one node, in a few words."""

from __future__ import annotations

import pytest

from msdl.analysis.difference import difference
from msdl.cli.diff.changes import described
from msdl.compilation import Compilation

# Two stems, a node in one of them, and what became of it.
CASES = [
    ("conv3x3(8)", "conv3x3(12)", "stem.0", "conv weight 8x3x3x3 -> 12x3x3x3"),
    ("conv3x3(8)", "conv3x3(8, bias)", "stem.0", "conv bias none -> 8"),
    ("conv3x3(8)", "conv1x1(8)", "stem.0", "conv weight 8x3x3x3 -> 8x3x1x1, padding 1x1 -> 0x0"),
    ("conv3x3(8)", "conv3x3(8, dilation = 2)", "stem.0", "conv padding 1x1 -> 2x2, dilation 1 -> 2"),
    ("conv3x3(8) bn", "conv3x3(12) bn", "stem.1", "bn channels 8 -> 12"),
    ("conv3x3(8) bn", "conv3x3(12) bn(eps = 0.1)", "stem.1", "bn channels 8 -> 12, eps 1e-05 -> 0.1"),
    ("conv3x3(8) bn", "conv3x3(8) relu", "stem.1", "bn 8 -> relu"),
    ("conv3x3(8) bn", "conv3x3(8) conv1x1(8)", "stem.1", "bn 8 -> conv weight 8x8x1x1"),
    ("conv3x3(8) relu", "conv3x3(8) elu", "stem.1", "relu -> elu"),
    ("conv3x3(8) maxpool2x2/2", "conv3x3(8) maxpool3x3/2", "stem.1", "maxpool kernel 2x2 -> 3x3, padding 0x0 -> 1x1"),
    ("conv3x3(8) avgpool3x3", "conv3x3(8) avgpool3x3(exclude)", "stem.1", "avgpool count padding true -> false"),
    ("conv3x3(8)", "conv3x3(8) bn", "stem.1", "bn 8"),
    ("conv3x3(8) bn", "conv3x3(8)", "stem.1", "bn 8"),
    ("conv3x3(8)", "conv3x3(8) relu", "stem.1", "relu in NEW"),
    ("conv3x3(8) relu", "conv3x3(8)", "stem.1", "relu in OLD"),
    ("conv3x3(8) relu", "conv3x3(8)", "exits.end.0", "pool; reads stem.1 -> stem.0"),
    ("pair(in, in + in)", "pair(in, in * in)", "stem.concat", "concat; reads stem.add -> stem.mul"),
    ("pair(in, relu)", "pair(relu, in)", "stem.concat", "concat; reads image, stem.0 -> stem.0, image"),
    ("three(in, relu, elu)", "three(in, relu, in)", "stem.concat", "concat; no longer reads stem.1"),
    ("three(in, relu, in)", "three(in, relu, elu)", "stem.concat", "concat; reads stem.1 as well"),
]


@pytest.mark.parametrize(("old", "new", "id", "text"), CASES)
def test_described(old: str, new: str, id: str, text: str) -> None:
    networks = [
        Compilation.of_text(
            f"block pair(a, b) = [a, b]\nblock three(a, b, c) = [a, b, c]\n"
            f"network t {{ input 3 x 16 x 16; stem {stem}; exit at end: gap linear(3) }}"
        ).network
        for stem in (old, new)
    ]
    (change,) = [change for change in difference(*networks).changes if change.id == id]
    assert described(change) == text
