"""What is written on ops: in short, and as a spec would write them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from msdl.compilation import Compilation
from msdl.drawing.ops.labels import label, tooltip, written
from msdl.network.layers import Pad

OPS = [
    ("conv3x3(48)/2", "conv3x3 48 /2", "conv3x3(48)/2"),
    ("conv1x3(48, bias)", "conv1x3 48", "conv1x3(48, bias)"),
    ("conv3x3(48, groups = 4)", "conv3x3 48 g4", "conv3x3(48, groups = 4)"),
    ("conv3x3(48, dilation = 2)", "conv3x3 48 d2", "conv3x3(48, dilation = 2)"),
    ("conv3x3(48, valid)", "conv3x3 48", "conv3x3(48, pad = 0)"),
    ("dwconv5x5/2", "dwconv5x5 /2", "dwconv5x5/2"),
    ("maxpool3x3(ceil)/2", "maxpool3x3 /2", "maxpool3x3(ceil)/2"),
    ("avgpool2x2(exclude)", "avgpool2x2", "avgpool2x2(exclude)"),
    ("deconv2x2(4, up = 2)", "deconv2x2 4 up 2", "deconv2x2(4)"),
    ("deconv3x3(4, up = 1)", "deconv3x3 4", "deconv3x3(4, up = 1)"),
    (
        "deconv4x4(4, up = 2, bias, groups = 4, pad = 1)",
        "deconv4x4 4 up 2",
        "deconv4x4(4, bias, groups = 4, pad = 1)",
    ),
    ("upsample(2)", "resize 32x32", "resize to 32x32"),
    ("upsample(2, nearest)", "resize 32x32", "resize(nearest) to 32x32"),
    ("upsample(2, corners)", "resize 32x32", "resize(corners) to 32x32"),
    ("unpooled", "unpool2x2", "unpool2x2"),
    ("1 - in", "1 - x", "1 - x"),
    ("0.5 * in", "0.5 * x", "0.5 * x"),
    ("in - 2", "x - 2", "x - 2"),
    ("-1 * in", "-x", "-x"),
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
    block = (
        "block unpooled { p = maxpool2x2/2; out = p -> unpool2x2(p) }\nblock part { p = cut(in, 4, 1, 3); out = p[2] }"
    )
    text = f"{block}\nnetwork n {{ input 8 x 16 x 16; stem identity; exit at end: {op} }}"
    compilation = Compilation.of_text(text)
    node = [*compilation.network][-1]
    assert (label(node), written(node.layer)) == (short, long)


@pytest.mark.parametrize(
    ("margins", "short", "long"),
    [
        ((-4, -5, -4, -5), "crop", "crop: top 4, bottom 5, left 4, right 5"),
        ((1, 2, 0, 0), "pad", "pad: top 1, bottom 2, left 0, right 0"),
        ((-1, 0, 0, 1), "pad", "pad: top -1, bottom 0, left 0, right 1"),
    ],
)
def test_margins_are_cut_or_put_around(margins: tuple[int, int, int, int], short: str, long: str) -> None:
    node = Compilation.of_text("network n { input 3 x 8 x 8; stem relu; exit at end: gap }").network["stem.0"]
    padded = replace(node, layer=Pad(*margins))
    assert (label(padded), written(padded.layer)) == (short, long)


def test_a_tooltip_says_all_in_one_line() -> None:
    text = "block unit(c) = conv3x3(c,\n  bias)/2\nnetwork n { input 3 x 8 x 8; stem unit(4); exit at end: gap }"
    compilation = Compilation.of_text(text, name="some/folder/net.msd")
    assert tooltip(compilation.network["stem.0"]) == (
        "stem.0: conv3x3(4, bias)/2, 4x4x4, 112 parameters, 1.7K MACs; 'conv3x3(c, bias)' in block unit, net.msd:1"
    )
