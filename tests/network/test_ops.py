"""Every op's shape and count of parameters and multiply-adds, worked out by hand (LANGUAGE, section 5)."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation


def compiled(chain: str, image: str = "4 x 9 x 8", before: str = "") -> Compilation:
    text = f"{before}\nnetwork t {{\n  input {image}\n  exit at 0: {chain}\n}}\n"
    return Compilation.of_text(text)


# op, shape put out for 4 x 9 x 8, parameters, multiply-adds
CASES: list[tuple[str, str, int, int]] = [
    # convolutions: an odd kernel keeps the size at stride 1
    ("conv3x3(6)", "6x9x8", 4 * 6 * 9, 4 * 6 * 9 * 72),
    ("conv1x1(6)", "6x9x8", 24, 24 * 72),
    ("conv5x5(2)", "2x9x8", 4 * 2 * 25, 4 * 2 * 25 * 72),
    ("conv1x3(6)", "6x9x8", 4 * 6 * 3, 4 * 6 * 3 * 72),
    ("conv3x1(6)", "6x9x8", 4 * 6 * 3, 4 * 6 * 3 * 72),
    ("conv7x1(6)", "6x9x8", 4 * 6 * 7, 4 * 6 * 7 * 72),
    ("conv3x3(6)/2", "6x5x4", 4 * 6 * 9, 4 * 6 * 9 * 20),
    ("conv1x1(6)/2", "6x5x4", 24, 24 * 20),
    ("conv3x3(6)/3", "6x3x3", 4 * 6 * 9, 4 * 6 * 9 * 9),
    ("conv3x3(6, bias)", "6x9x8", 4 * 6 * 9 + 6, 4 * 6 * 9 * 72),
    # an even kernel does not pad
    ("conv2x2(6)", "6x8x7", 4 * 6 * 4, 4 * 6 * 4 * 56),
    ("conv2x2(6)/2", "6x4x4", 4 * 6 * 4, 4 * 6 * 4 * 16),
    ("conv4x4(6, pad = 1)/2", "6x4x4", 4 * 6 * 16, 4 * 6 * 16 * 16),
    ("conv2x3(6)", "6x8x8", 4 * 6 * 6, 4 * 6 * 6 * 64),
    # valid, pad, dilation, groups
    ("conv3x3(6, valid)", "6x7x6", 4 * 6 * 9, 4 * 6 * 9 * 42),
    ("conv3x3(6, pad = 0)", "6x7x6", 4 * 6 * 9, 4 * 6 * 9 * 42),
    ("conv3x3(6, pad = 2)", "6x11x10", 4 * 6 * 9, 4 * 6 * 9 * 110),
    ("conv1x1(6, pad = 1)", "6x11x10", 24, 24 * 110),
    ("conv3x3(6, dilation = 2)", "6x9x8", 4 * 6 * 9, 4 * 6 * 9 * 72),
    ("conv3x3(6, dilation = 2, valid)", "6x5x4", 4 * 6 * 9, 4 * 6 * 9 * 20),
    ("conv3x3(6, dilation = 2, pad = 1)", "6x7x6", 4 * 6 * 9, 4 * 6 * 9 * 42),
    ("conv3x3(6, groups = 2)", "6x9x8", 2 * 6 * 9, 2 * 6 * 9 * 72),
    ("conv3x3(out = 6, bias, groups = 2)/2", "6x5x4", 2 * 6 * 9 + 6, 2 * 6 * 9 * 20),
    ("conv3x3(4, groups = channels)", "4x9x8", 36, 36 * 72),
    ("dwconv3x3", "4x9x8", 36, 36 * 72),
    ("dwconv5x5/2", "4x5x4", 100, 100 * 20),
    ("dwconv3x3(bias)", "4x9x8", 40, 36 * 72),
    ("dwconv3x3(dilation = 2, valid)", "4x5x4", 36, 36 * 20),
    # pools: default stride 1
    ("maxpool3x3", "4x9x8", 0, 0),
    ("maxpool3x3/2", "4x5x4", 0, 0),
    ("maxpool2x2/2", "4x4x4", 0, 0),
    ("maxpool2x2", "4x8x7", 0, 0),
    ("maxpool2x2(ceil)/2", "4x5x4", 0, 0),
    ("maxpool3x3(valid)/2", "4x4x3", 0, 0),
    ("maxpool3x3(valid, ceil)/2", "4x4x4", 0, 0),
    ("maxpool3x3(pad = 0)/2", "4x4x3", 0, 0),
    ("maxpool3x3(ceil)/2", "4x5x5", 0, 0),
    ("avgpool2x2/2", "4x4x4", 0, 0),
    ("avgpool3x3", "4x9x8", 0, 0),
    ("avgpool3x3(exclude)", "4x9x8", 0, 0),
    ("avgpool3x3(valid)", "4x7x6", 0, 0),
    ("avgpool9x8(valid)", "4x1x1", 0, 0),
    ("gap", "4x1x1", 0, 0),
    ("pool(3)", "4x3x3", 0, 0),
    ("pool_h", "4x9x1", 0, 0),
    ("pool_w", "4x1x8", 0, 0),
    # the rest
    ("bn", "4x9x8", 8, 0),
    ("bn(eps = 0.001)", "4x9x8", 8, 0),
    ("relu", "4x9x8", 0, 0),
    ("relu6", "4x9x8", 0, 0),
    ("elu", "4x9x8", 0, 0),
    ("sigmoid", "4x9x8", 0, 0),
    ("softmax", "4x9x8", 0, 0),
    ("dropout(0.2)", "4x9x8", 0, 0),
    ("dropout", "4x9x8", 0, 0),
    ("identity", "4x9x8", 0, 0),
    ("flatten", "288", 0, 0),
    ("linear(5)", "5", 288 * 5 + 5, 288 * 5),
    ("linear(5, nobias)", "5", 288 * 5, 288 * 5),
    ("gap linear(5)", "5", 4 * 5 + 5, 4 * 5),
    ("flatten linear(5)", "5", 288 * 5 + 5, 288 * 5),
    ("linear(5) relu linear(3)", "3", 288 * 5 + 5 + 18, 288 * 5 + 15),
    ("shuffle(2)", "4x9x8", 0, 0),
    # joins
    ("[relu, bn]", "8x9x8", 8, 0),
    ("[conv1x1(1), relu, conv1x1(2)]", "7x9x8", 12, 12 * 72),
    ("relu + bn", "4x9x8", 8, 0),
    ("relu + bn + in", "4x9x8", 8, 0),
    ("in * gap", "4x9x8", 0, 0),
    ("in * conv1x1(1)", "4x9x8", 4, 4 * 72),
    ("mean(relu, in)", "4x9x8", 0, 0),
    ("sum(relu, in, bn)", "4x9x8", 8, 0),
    ("mean((relu, in), bn)", "4x9x8", 8, 0),
    ("[split(2)]", "4x9x8", 0, 0),
    ("sum(split(2))", "2x9x8", 0, 0),
    ("sum(split(in, 4))", "1x9x8", 0, 0),
    ("[cut(1, 3)]", "4x9x8", 0, 0),
    ("[(relu, in)]", "8x9x8", 0, 0),
    ("relu -> conv1x1(2) -> bn", "2x9x8", 8 + 4, 8 * 72),
    ("conv1x1(2) + conv1x1(2) -> bn relu", "2x9x8", 16 + 4, 16 * 72),
    ("(conv1x1(2) bn)", "2x9x8", 8 + 4, 8 * 72),
    ("conv1x1(channels * 2)", "8x9x8", 32, 32 * 72),
    ("conv1x1(2) conv1x1(channels)", "2x9x8", 12, 12 * 72),
    ("conv1x1(compress(0.5))", "2x9x8", 8, 8 * 72),
    ("conv1x1(compress(0.7))", "2x9x8", 8, 8 * 72),
    ("deconv2x2(3, bias)", "3x18x16", 4 * 3 * 4 + 3, 72 * 4 * 3 * 4),
    ("deconv4x4(3, up = 2)", "3x20x18", 4 * 3 * 16, 72 * 4 * 3 * 16),
    ("deconv4x4(3, up = 2, pad = 1)", "3x18x16", 4 * 3 * 16, 72 * 4 * 3 * 16),
    ("deconv3x3(4, up = 3, groups = 4)", "4x25x22", 4 * 9, 72 * 4 * 9),
    ("deconv3x3(2)", "2x17x15", 4 * 2 * 9, 72 * 4 * 2 * 9),
    ("deconv3x3(2, up = 1)", "2x9x8", 4 * 2 * 9, 72 * 4 * 2 * 9),
    ("upsample(3)", "4x27x24", 0, 0),
    ("maxpool2x2/2 resize", "4x9x8", 0, 0),
    ("gap resize(in, nearest)", "4x9x8", 0, 0),
    ("[in, conv2x2(1) fit]", "5x9x8", 16, 16 * 56),
    ("[in crop, conv2x2(1)]", "5x8x7", 16, 16 * 56),
    ("in - conv1x1(4)", "4x9x8", 16, 16 * 72),
    ("1 - 0.5 * in", "4x9x8", 0, 0),
    ("-in", "4x9x8", 0, 0),
]


@pytest.mark.parametrize(("chain", "shape", "parameters", "macs"), CASES)
def test_shape_and_counts(chain: str, shape: str, parameters: int, macs: int) -> None:
    compilation = compiled(chain)
    errors = [d.message for d in compilation.diagnostics if d.code != "MSD514"]
    assert errors == []
    network = compilation.network
    assert str(network[network.exits[0].output].shape) == shape
    assert compilation.costs.parameters == parameters
    assert compilation.costs.macs == macs


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        ("conv3x3", "MSD204"),
        ("conv3x3(0)", "MSD302"),
        ("conv3x3(1.5)", "MSD301"),
        ("conv3x3(2, 3)", "MSD204"),
        ("conv3x3(2, bias = 1)", "MSD203"),
        ("conv3x3(2, groups = 3)", "MSD404"),
        ("conv3x3(3, groups = 4)", "MSD404"),
        ("conv0x3(2)", "MSD201"),
        ("conv03x3(2)", "MSD201"),
        ("conv3(2)", "MSD201"),
        ("convKxK(2)", "MSD201"),
        ("bn3x3", "MSD201"),
        ("Conv3x3(2)", "MSD201"),
        ("conv11x11(2, valid)", "MSD401"),
        ("maxpool9x9(valid)", "MSD401"),
        ("maxpool3x3(pad = 2)", "MSD302"),
        ("avgpool2x2(bias)", "MSD201"),
        ("gap(2)", "MSD204"),
        ("gap/2", "MSD203"),
        ("pool", "MSD204"),
        ("pool(0)", "MSD302"),
        ("bn(2)", "MSD204"),
        ("bn(eps = 2)", "MSD302"),
        ("dropout(1.5)", "MSD302"),
        ("dropout(-1)", "MSD302"),
        ("relu(2)", "MSD204"),
        ("shuffle(3)", "MSD404"),
        ("[split(3)]", "MSD404"),
        ("[cut(1, 2)]", "MSD404"),
        ("split(2)", "MSD402"),
        ("relu % bn", "MSD402"),
        ("conv1x1(2) + conv1x1(3)", "MSD402"),
        ("conv1x1(2) * conv1x1(3)", "MSD402"),
        ("conv1x1(2) + conv1x1(2)/2", "MSD402"),
        ("in + gap", "MSD402"),
        ("[in, gap]", "MSD403"),
        ("deconv2x2(2)/2", "MSD203"),
        ("crop", "MSD406"),
        ("relu relu/2", "MSD203"),
        ("deconv3x3", "MSD204"),
        ("unpool2x2", "MSD204"),
    ],
)
def test_what_does_not_fit(chain: str, code: str) -> None:
    compilation = compiled(chain)
    assert [d.code for d in compilation.diagnostics if d.severity.value == "error"] == [code]


@pytest.mark.parametrize(
    "chain", ["flatten conv3x3(2)", "flatten bn", "linear(4) maxpool3x3", "linear(4) gap", "flatten shuffle(2)"]
)
def test_ops_on_maps_take_no_vector(chain: str) -> None:
    """A vector has no height and width; torch's BatchNorm2d, Conv2d and pools refuse one, when the module runs."""
    assert not compiled(chain).valid


@pytest.mark.parametrize(
    ("defaults", "chain", "parameters"),
    [
        ("default conv(bias)", "conv3x3(2) conv1x1(2)", 4 * 2 * 9 + 2 + 4 + 2),
        ("default conv1x1(bias)", "conv3x3(2) conv1x1(2)", 4 * 2 * 9 + 4 + 2),
        ("default conv3x3(groups = 2)", "conv3x3(2)", 2 * 2 * 9),
        ("default conv3x3(groups = 2)", "conv3x3(2, groups = 1)", 4 * 2 * 9),
        ("default linear(nobias)", "linear(5)", 288 * 5),
        ("default bn(eps = 0.001)", "bn", 8),
    ],
)
def test_defaults(defaults: str, chain: str, parameters: int) -> None:
    assert compiled(chain, before=defaults).costs.parameters == parameters


def test_default_of_a_network_goes_before_the_files() -> None:
    text = (
        "default bn(eps = 0.1)\nnetwork t {\n  input 4 x 8 x 8\n  default bn(eps = 0.2)\n"
        "  exit at 0: bn bn(eps = 0.3)\n}\n"
    )
    layers = [node.layer for node in Compilation.of_text(text).network.layers]
    assert [getattr(layer, "eps", None) for layer in layers] == [0.2, 0.3]
