"""Sweeps: which value each scale reads, in which order paths are joined, what a name keeps."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from msdl.network.graph import Graph
from msdl.network.layers import Pad, Pool, Resize, Unpool


def network(body: str, exits: str = "exit at end on scale 1: conv1x1(1)", size: int = 32) -> Graph:
    """A network of three scales; what no exit needs is kept."""
    text = f"network n {{\n  input 3 x {size} x {size}\n  scales 3 {{ width 8 * s }}\n{body}\n  {exits}\n}}\n"
    compilation = Compilation.of_text(text)
    assert [d.message for d in compilation.diagnostics if d.severity.value == "error"] == []
    assert compilation.graph is not None
    return compilation.graph


def inputs(graph: Graph, id: str) -> tuple[str, ...]:
    return graph[id].inputs


DOWN = "sweep down enc { vertical maxpool2x2/2; then conv3x3(width) }"


def test_down_reads_the_new_value_of_the_finer_scale() -> None:
    graph = network(DOWN)
    assert [graph[f"enc.scale{s}.then.0"].cell.layer for s in (1, 2, 3)] == [1, 1, 1]
    assert inputs(graph, "enc.scale1.then.0") == ("image",)
    assert inputs(graph, "enc.scale2.vertical.0") == ("enc.scale1.then.0",)
    assert inputs(graph, "enc.scale3.vertical.0") == ("enc.scale2.then.0",)
    assert str(graph["enc.scale3.then.0"].shape) == "24x8x8"


def test_up_reads_the_old_value_of_its_scale_and_the_new_one_of_the_coarser() -> None:
    graph = network(f"{DOWN}\n  sweep up on 1..2 {{ horizontal conv1x1(8); vertical upsample(2); join concat }}")
    assert inputs(graph, "sweep1.scale2") == ("sweep1.scale2.horizontal.0", "sweep1.scale2.vertical.0")
    assert inputs(graph, "sweep1.scale2.horizontal.0") == ("enc.scale2.then.0",)
    assert inputs(graph, "sweep1.scale2.vertical.0") == ("enc.scale3.then.0",)
    assert inputs(graph, "sweep1.scale1.vertical.0") == ("sweep1.scale2",)
    assert {graph[f"sweep1.scale{s}"].cell.layer for s in (1, 2)} == {2}


def test_paths_are_joined_as_written() -> None:
    graph = network(f"{DOWN}\n  sweep up on 1..2 {{ vertical upsample(2); horizontal conv1x1(8); then relu }}")
    assert inputs(graph, "sweep1.scale2.join") == ("sweep1.scale2.vertical.0", "sweep1.scale2.horizontal.0")
    assert inputs(graph, "sweep1.scale2.then.0") == ("sweep1.scale2.join",)


def test_from_reads_scales_as_they_are_at_their_turn() -> None:
    body = f"{DOWN}\n  sweep up {{ from j where j > s: conv1x1(4) upsample(2^(j-s)); horizontal conv1x1(4); join add }}"
    graph = network(body)
    assert inputs(graph, "sweep1.scale1.from2.0") == ("sweep1.scale2",)
    assert inputs(graph, "sweep1.scale1.from3.0") == ("sweep1.scale3.horizontal.0",)


def test_a_horizontal_path_alone_changes_scales_that_are_live() -> None:
    graph = network(f"{DOWN}\n  sweep down on 2 {{ horizontal conv1x1(5) }}", "exit at end on scale 2: conv1x1(1)")
    assert inputs(graph, "sweep1.scale2.horizontal.0") == ("enc.scale2.then.0",)
    assert graph.exits[0].features == "sweep1.scale2.horizontal.0"


def test_a_name_means_the_latest_values() -> None:
    graph = network(
        f"repeat 2 {{ {DOWN} }}\n  layers 1 on 1 {{ horizontal [in, enc[1]] }}",
        "exit at end on scale 1: conv1x1(1)",
    )
    assert inputs(graph, "layer3.scale1.horizontal.concat") == ("enc_2.scale1.then.0", "enc_2.scale1.then.0")


def test_a_name_that_repeat_would_take_again_is_passed_over() -> None:
    graph = network(f"repeat 2 {{ {DOWN} }}\n  sweep up enc_2 on 1 {{ then relu }}")
    assert {"enc.scale1.then.0", "enc_3.scale1.then.0", "enc_2.scale1.then.0"} <= set(graph.nodes)


def test_blocks_of_the_network_see_what_a_sweep_kept() -> None:
    body = f"{DOWN}\n  block back = unpool2x2(enc[s+1])\n  sweep up on 2 {{ vertical conv1x1(16) back }}"
    graph = network(body, "exit at end on scale 2: conv1x1(1)")
    assert inputs(graph, "sweep1.scale2.vertical.1") == ("sweep1.scale2.vertical.0", "enc.scale2.then.0")


def test_unpooling_takes_the_windows_of_the_pool() -> None:
    down = "sweep down enc { vertical maxpool3x3(ceil)/3; then conv3x3(8) }"
    body = f"{down}\n  sweep up on 2 {{ vertical unpool3x3(enc[3]) }}"
    graph = network(body, "exit at end on scale 2: conv1x1(1)", size=21)
    assert graph["enc.scale3.vertical.0"].layer == Pool("max", (3, 3), (3, 3), (1, 1), ceil=True)
    assert graph["sweep1.scale2.vertical.0"].layer == Unpool((3, 3), (3, 3), (1, 1), ceil=True)
    assert graph["sweep1.scale2.vertical.0"].shape == graph["enc.scale2.then.0"].shape


@pytest.mark.parametrize(
    ("size", "fit", "crop"),
    [(32, Pad(0, 0, 0, 0), Pad(0, 0, 0, 0)), (33, Pad(0, 1, 0, 1), Pad(0, -1, 0, -1)), (35, None, None)],
)
def test_fit_pads_behind_what_crop_would_cut(size: int, fit: Pad | None, crop: Pad | None) -> None:
    """As the U-Nets pad: half of the missing rows before, the rest behind."""
    up = "deconv2x2(8, up = 2)" if fit else "deconv2x2(8, up = 2, pad = 1)"
    body = "sweep down { vertical maxpool2x2/2; then conv3x3(8) }\n  sweep up on 1 { horizontal %s; vertical %s }"
    padded = network(body % ("identity", f"{up} fit"), size=size)
    cropped = network(body % ("crop", up), size=size)
    assert padded["sweep2.scale1.vertical.1"].layer == (fit or Pad(1, 2, 1, 2))
    assert cropped["sweep2.scale1.horizontal.0"].layer == (crop or Pad(-1, -2, -1, -2))


@pytest.mark.parametrize(
    ("chain", "shape"),
    [
        ("[conv1x1(8), 0.5 * (conv3x3(8, valid) fit)]", "16x32x32"),
        ("[[in crop, conv3x3(8, valid)], conv5x5(4, valid) fit]", "20x30x30"),
        ("mean(conv3x3(4, valid) + (conv1x1(4) crop), conv1x1(4) crop(1))", "4x30x30"),
        ("[conv3x3(1, valid) fit, conv5x5(2, valid) fit, conv3x3(3), conv1x1(4)]", "10x32x32"),
        ("[conv3x3(8), shrunk(4)]", "12x32x32"),
        ("tower(3)", "20x32x32"),
        ("[fit, conv3x3(8, valid) crop, conv1x1(3)/2]", "19x16x16"),
    ],
)
def test_parts_that_fit_go_by_a_part_that_needs_no_size(chain: str, shape: str) -> None:
    """A join inside a part that settles its size by itself does not wait for the others."""
    blocks = (
        "block shrunk(c) = conv3x3(c, valid) fit\n"
        "  block tower(n) = [in, conv3x3(4, valid) fit] when n == 1 else [tower(n - 1), conv3x3(4, valid) fit]\n  "
    )
    graph = network(f"{blocks}{DOWN}", f"exit at end on scale 1: {chain}")
    assert str(graph[graph.exits[0].output].shape) == shape


@pytest.mark.parametrize("history", ["dense", "residual"])
def test_a_lone_path_fits_to_the_history(history: str) -> None:
    graph = network(f"stem conv3x3(8)\n  layers 1 on 1 {history} {{ horizontal conv3x3(8, valid) fit }}")
    assert graph["layer1.scale1.horizontal.1"].layer == Pad(1, 1, 1, 1)
    assert inputs(graph, "layer1.scale1") == ("stem.0", "layer1.scale1.horizontal.1")


def test_equations_and_parameters_hide_a_sweep() -> None:
    blocks = "block first(c) { enc[1] = conv1x1(c); out = enc[1] -> relu }\n  block second(enc) = conv1x1(enc)"
    body = f"{blocks}\n  {DOWN}\n  layers 1 on 1 {{ horizontal first(4) second(5) }}"
    graph = network(f"{body}\n  layers 1 on 1 {{ horizontal enc[1] relu }}")
    assert inputs(graph, "layer3.scale1.horizontal.0") == ("enc.scale1.then.0",)
    assert str(graph["layer2.scale1.horizontal.1"].shape) == "5x32x32"


def test_a_flag_may_stand_before_the_value_that_gives_a_size() -> None:
    graph = network(f"{DOWN}\n  sweep up on 1 {{ vertical resize(nearest, enc[1]) }}")
    assert graph["sweep1.scale1.vertical.0"].layer == Resize(32, 32, "nearest")


def test_transitions_and_departures_work_behind_sweeps() -> None:
    body = (
        "stem conv3x3(8)\n  vertical conv3x3(width)/2\n"
        "  layers 2 { diagonal conv3x3(width)/2; horizontal conv3x3(width) }\n"
        "  reduce at 2: conv1x1(4)\n  sweep down { horizontal conv1x1(6) }\n  transition at 3: relu"
    )
    graph = network(body, "exit at end: conv1x1(1)")
    assert inputs(graph, "layer3.scale3.transition.0") == ("sweep1.scale3.horizontal.0",)
    assert inputs(graph, "layer3.scale3.transition_2.0") == ("layer3.scale3.transition.0",)
    assert "sweep1.scale1.horizontal.0" not in graph
