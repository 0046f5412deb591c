"""Five small networks of the PyTorch port of MSDNet, from its golden files: the same costs, weights and logits."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import msdl
from msdl.compilation import Compilation
from msdl.network.layers import macs, parameters
from tests.library.reference import GOLDEN, present, read

pytestmark = present

SPECS = {
    "p1_cifar10_s3_even_max": """
        import "blocks.msd"
        network p1(classes = 10, size = 32) {
          input 3 x size x size
          scales 3 { init 6 * 2^(s-1); growth 4 * 2^(s-1); widen 2^(s-1) }
          stem     conv3x3(init) bn relu
          vertical conv3x3(init)/2 bn relu
          layers 6 dense(growth) { diagonal h(share, widen[s-1])/2;  horizontal h(share, widen) }
          reduce in 3 blocks: conv1x1(compress(0.5)) bn relu
          exits at 2, 4, 6: classifier(128, classes)
        }
    """,
    "p2_cifar100_s3_lin_min": """
        import "blocks.msd"
        network p2(classes = 100, size = 32) {
          input 3 x size x size
          scales 3 { init 4 * 2^(s-1); growth 4 * 2^(s-1); widen 2^(s-1) }
          stem     conv3x3(init) bn relu
          vertical conv3x3(init)/2 bn relu
          layers 6 dense(growth) { diagonal h(share, widen[s-1])/2;  horizontal h(share, widen) }
          transition at floor(6/3), floor(2*6/3): conv1x1(compress(0.5)) bn relu
          exits at n*(n+1)/2 for n in 1..3: classifier(128, classes)
        }
    """,
    "p3_cifar10_s2_even_nobottleneck_red0": """
        import "blocks.msd"
        network p3(classes = 10, size = 20) {
          input 3 x size x size
          scales 2 { init 8, 16; growth 6, 12 }
          stem     conv3x3(init) bn relu
          vertical conv3x3(init)/2 bn relu
          layers 5 dense(growth) { diagonal conv3x3(share)/2 bn relu;  horizontal conv3x3(share) bn relu }
          reduce in 2 blocks
          exits at 3, 5: classifier(128, classes)
        }
    """,
    "p4_imagenet_s2_64px": """
        import "blocks.msd"
        network p4(classes = 1000, size = 64) {
          input 3 x size x size
          scales 2 { init 6, 12; growth 4, 8; widen 1, 2 }
          stem     conv7x7(init, bias)/2 bn relu maxpool3x3/2
          vertical conv3x3(init)/2 bn relu
          layers 5 dense(growth) { diagonal h(share, widen[s-1])/2;  horizontal h(share, widen) }
          reduce in 2 blocks: conv1x1(compress(0.5)) bn relu
          exits at 2..5: classifier(channels, classes)
        }
    """,
    # The port computes scale 3 of layer 6, though only scale 4 is read; msdl drops it.
    "p5_imagenet_s4_lin_160px": """
        import "blocks.msd"
        network p5(classes = 1000, size = 160) {
          input 3 x size x size
          scales 4 { init 4, 8, 16, 16; growth 4, 8, 16, 16; widen 1, 2, 4, 4 }
          stem     conv7x7(init, bias)/2 bn relu maxpool3x3/2
          vertical conv3x3(init)/2 bn relu
          layers 6 dense(growth) { diagonal h(share, widen[s-1])/2;  horizontal h(share, widen) }
          reduce in 4 blocks: conv1x1(compress(0.5)) bn relu
          exits at n*(n+1)/2 for n in 1..3: classifier(channels, classes)
        }
    """,
}


@pytest.mark.parametrize("name", SPECS)
def test_costs(name: str) -> None:
    """Parameters, the grid's multiply-adds and those of the cells an exit needs, heads so far included."""
    theirs = read(f"golden/{name}.json")
    compilation = Compilation.of_text(SPECS[name])
    exits = compilation.costs.exits
    extra_macs, extra_parameters = _idle(compilation) if theirs["options"]["prune"] == "max" else (0, 0)
    for number, (exit, expected) in enumerate(zip(exits, theirs["exits"], strict=True)):
        is_last = exit is exits[-1]
        assert exit.layer == expected["layer"]
        assert exit.channels == expected["coarsest_channels"]
        assert exit.parameters + is_last * extra_parameters == expected["params_cum"]
        assert exit.macs.grid + is_last * extra_macs == expected["macs_conv_linear"]
        assert _needed_with_heads(compilation, number) == expected["lazy_macs_conv_linear"]


@pytest.mark.parametrize("name", SPECS)
def test_cells_needed(name: str) -> None:
    """What an exit needs: the stem's scales, cells, and transitions where a cell's maps are read behind one."""
    network = Compilation.of_text(SPECS[name]).network
    for exit, expected in zip(network.exits, read(f"golden/{name}.json")["exits"], strict=True):
        needed = sorted(
            {_part(id, network[id].cell.layer, network[id].cell.scale) for id in network.ancestors(exit.output)}
        )
        assert [list(part) for part in needed if part] == sorted(expected["cells_needed"]), exit.name


def _part(id: str, layer: int, scale: int) -> tuple[str, int] | tuple[str, int, int] | tuple[()]:
    """A node's place in the port's words."""
    if id == "image" or id.startswith("exits."):
        return ()
    if layer == 0:
        return ("stem", scale)
    return ("trans" if ".transition." in id else "cell", layer, scale)


def _idle(compilation: Compilation) -> tuple[int, int]:
    """Multiply-adds and parameters of what reaches no exit: msdl drops it, and so does the port's `prune min`."""
    assert compilation.graph is not None
    idle = [node for node in compilation.graph if node.id not in compilation.network]
    return sum(macs(node.layer, node.size) for node in idle), sum(parameters(node.layer) for node in idle)


def _needed_with_heads(compilation: Compilation, number: int) -> int:
    """Direct multiply-adds of an exit and the heads before it."""
    network = compilation.network
    earlier = {exit.cell.id for exit in network.exits[:number]}
    heads = sum(macs(node.layer, node.size) for node in network if node.cell.id in earlier)
    return compilation.costs.exits[number].macs.direct + heads


# Weights and logits


@pytest.mark.parametrize("name", SPECS)
def test_logits(name: str, tmp_path: Path) -> None:
    """With the port's weights, every exit puts out the port's logits."""
    (tmp_path / "port.msd").write_text(SPECS[name], encoding="utf-8")
    model = msdl.compile(tmp_path / "port.msd").double().eval()
    tensors = safetensors(GOLDEN / f"{name}.safetensors")
    prefix = "state_dict."
    theirs = {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
    ours = dict(renamed(theirs, read(f"golden/{name}.json")))
    wanted = set(model.state_dict())
    idle = {key for key in ours if key.startswith("layer6.scale3.")} if name.startswith("p5") else set()
    assert set(ours) - wanted == idle
    model.load_state_dict({key: tensor for key, tensor in ours.items() if key not in idle})
    with torch.no_grad():
        outputs = model(tensors["input"].double())
    expected = [tensors[f"logits_f64.exit{number}"] for number in range(1, len(outputs) + 1)]
    torch.testing.assert_close(list(outputs), expected, rtol=0, atol=1e-9)


def renamed(theirs: Mapping[str, Tensor], golden: Mapping[str, Any]) -> Iterator[tuple[str, Tensor]]:
    """The port's tensors by msdl's keys."""
    places = _places(theirs, golden)
    exits = [exit["layer"] for exit in golden["exits"]]
    patterns = [
        (r"blocks\.0\.0\.layers\.0\.(?:net\.)?(\d)", lambda m: f"stem.{m[1]}"),
        (r"blocks\.0\.0\.layers\.(\d+)\.net\.(\d)", lambda m: f"layer0.scale{int(m[1]) + 1}.vertical.{m[2]}"),
        (
            r"blocks\.(\d+\.\d+)\.layers\.(\d+)\.conv_(down|normal)\.net\.(\d)",
            lambda m: f"{_cell(places[m[1]], m[2])}.{'diagonal' if m[3] == 'down' else 'horizontal'}.{m[4]}",
        ),
        (r"blocks\.(\d+\.\d+)\.m\.(\d+)\.net\.(\d)", lambda m: f"{_cell(places[m[1]], m[2])}.transition.{m[3]}"),
        (
            r"classifier\.(\d+)\.m\.(\d)\.net\.(\d)",
            lambda m: f"exits.layer{exits[int(m[1])]}.{3 * int(m[2]) + int(m[3])}",
        ),
        (r"classifier\.(\d+)\.linear", lambda m: f"exits.layer{exits[int(m[1])]}.7"),
    ]
    for key, tensor in theirs.items():
        module, _, tensor_name = key.rpartition(".")
        matches = [name(match) for pattern, name in patterns if (match := re.fullmatch(pattern, module))]
        assert matches, key
        yield f"{matches[0]}.{tensor_name}", tensor


def _places(theirs: Mapping[str, Tensor], golden: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """For each of the port's modules `block.index`: its layer, and the finest scale that is live after it."""
    modules = {
        (int(m[1]), int(m[2])): m[3] for key in theirs if (m := re.match(r"blocks\.(\d+)\.(\d+)\.(layers|m)\.", key))
    }
    finest = {layer["layer"]: layer["finest_out_scale"] for layer in golden["layers"]}
    places: dict[str, tuple[int, int]] = {}
    layer = -1  # the stem counts as layer 0
    for (block, index), kind in sorted(modules.items()):
        layer += kind == "layers"
        places[f"{block}.{index}"] = (layer, finest.get(layer, 1))
    return places


def _cell(place: tuple[int, int], index: str) -> str:
    layer, finest = place
    return f"layer{layer}.scale{finest + int(index)}"


def safetensors(path: Path) -> dict[str, Tensor]:
    """A safetensors file: the length of its header in 8 bytes, the header in JSON, then raw data."""
    types = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}
    data = bytearray(path.read_bytes())
    (length,) = struct.unpack("<Q", data[:8])
    header: dict[str, Any] = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors: dict[str, Tensor] = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.frombuffer(data[begin:end], dtype=types[entry["dtype"]]).reshape(entry["shape"])
    return tensors
