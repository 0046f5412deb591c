"""What is written on ops: in short, and as a spec would write them."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.drawing.ops.labels import label, tooltip, written

OPS = [
    ("conv3x3(48)/2", "conv3x3 48 /2", "conv3x3(48)/2"),
    ("conv1x3(48, bias)", "conv1x3 48", "conv1x3(48, bias)"),
    ("conv3x3(48, groups = 4)", "conv3x3 48 g4", "conv3x3(48, groups = 4)"),
    ("conv3x3(48, dilation = 2)", "conv3x3 48 d2", "conv3x3(48, dilation = 2)"),
    ("conv3x3(48, valid)", "conv3x3 48", "conv3x3(48, pad = 0)"),
    ("dwconv5x5/2", "dwconv5x5 /2", "dwconv5x5/2"),
    ("maxpool3x3(ceil)/2", "maxpool3x3 /2", "maxpool3x3(ceil)/2"),
    ("avgpool2x2(exclude)", "avgpool2x2", "avgpool2x2(exclude)"),
    ("bn", "bn", "bn"),
    ("bn(eps = 0.001)", "bn", "bn(eps = 0.001)"),
    ("relu6", "relu6", "relu6"),
    ("dropout(0.2)", "dropout 0.2", "dropout(0.2)"),
    ("shuffle(2)", "shuffle 2", "shuffle(2)"),
    ("gap", "gap", "gap"),
    ("pool(2)", "pool 2", "pool(2)"),
    ("pool_h", "pool_h", "pool_h"),
    ("pool_w", "pool_w", "pool_w"),
    ("flatten", "flatten", "flatten"),
    ("linear(7)", "linear 7", "linear(7)"),
    ("linear(7, nobias)", "linear 7", "linear(7, nobias)"),
    ("in + in", "add", "add"),
    ("in * in", "multiply", "multiply"),
    ("[in, in]", "concat", "concat"),
    ("mean(in, in)", "mean", "mean"),
    ("cut(4, 1, 3)[2]", "channel 4", "channels 4 to 4"),
]


@pytest.mark.parametrize(("op", "short", "long"), OPS, ids=[op for op, _, _ in OPS])
def test_an_op_is_written_in_short_and_as_in_a_spec(op: str, short: str, long: str) -> None:
    if op.startswith("cut"):
        op = "part"
    block = "block part { p = cut(in, 4, 1, 3); out = p[2] }"
    text = f"{block}\nnetwork n {{ input 8 x 16 x 16; stem identity; exit at end: {op} }}"
    compilation = Compilation.of_text(text)
    node = [*compilation.network][-1]
    assert (label(node), written(node.layer)) == (short, long)


def test_a_tooltip_says_all_in_one_line() -> None:
    text = "block unit(c) = conv3x3(c,\n  bias)/2\nnetwork n { input 3 x 8 x 8; stem unit(4); exit at end: gap }"
    compilation = Compilation.of_text(text, name="some/folder/net.msd")
    assert tooltip(compilation.network["stem.0"]) == (
        "stem.0: conv3x3(4, bias)/2, 4x4x4, 112 parameters, 1.7K MACs; 'conv3x3(c, bias)' in block unit, net.msd:1"
    )
