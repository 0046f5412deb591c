"""Five small networks of the PyTorch port of MSDNet, from its golden files: the same costs, weights and logits."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file

from msdl.compilation import Compilation
from msdl.interop.msdnet_pytorch import convert, translate
from msdl.interop.msdnet_pytorch.checkpoint import read_checkpoint
from msdl.interop.msdnet_pytorch.flags import FLAGS, read_flags
from msdl.network.layers import macs, parameters
from msdl.runtime.load import execute
from tests.interop.port import COSTED, WEIGHED, tensors
from tests.library.reference import GOLDEN, present, read

pytestmark = present

COMPILATIONS = {name: translate(flags, name=name) for name, flags in WEIGHED.items()}


@pytest.mark.parametrize("name", WEIGHED)
def test_costs(name: str) -> None:
    """Parameters, the grid's multiply-adds and those of the cells an exit needs, heads so far included."""
    theirs = read(f"golden/{name}.json")
    compilation = COMPILATIONS[name]
    exits = compilation.costs.exits
    extra_macs, extra_parameters = _idle(compilation) if theirs["options"]["prune"] == "max" else (0, 0)
    for number, (exit, expected) in enumerate(zip(exits, theirs["exits"], strict=True)):
        is_last = exit is exits[-1]
        assert exit.layer == expected["layer"]
        assert exit.channels == expected["coarsest_channels"]
        assert exit.parameters + is_last * extra_parameters == expected["params_cum"]
        assert exit.macs.grid + is_last * extra_macs == expected["macs_conv_linear"]
        assert _needed_with_heads(compilation, number) == expected["lazy_macs_conv_linear"]


@pytest.mark.parametrize("name", WEIGHED)
def test_cells_needed(name: str) -> None:
    """What an exit needs: the stem's scales, cells, and transitions where a cell's maps are read behind one."""
    network = COMPILATIONS[name].network
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


@pytest.mark.parametrize("name", WEIGHED)
@pytest.mark.parametrize(("type", "tolerance"), [("f32", 1e-4), ("f64", 1e-9)])
def test_logits(name: str, type: str, tolerance: float) -> None:
    """With the port's weights, every exit puts out the port's logits."""
    compilation = COMPILATIONS[name]
    golden = load_file(GOLDEN / f"{name}.safetensors")
    model = execute(compilation.emit(), name).Network()
    model.load_state_dict(convert(read_checkpoint(str(GOLDEN / f"{name}.safetensors")), compilation))
    dtype = {"f32": torch.float32, "f64": torch.float64}[type]
    with torch.no_grad():
        outputs = model.to(dtype).eval()(golden["input"].to(dtype))
    expected = [golden[f"logits_{type}.exit{number}"] for number in range(1, len(outputs) + 1)]
    torch.testing.assert_close(list(outputs), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", WEIGHED)
def test_the_tensors_are_those_of_the_port(name: str) -> None:
    """What tests/interop goes by, where the port itself is not at hand."""
    theirs = read_checkpoint(str(GOLDEN / f"{name}.safetensors"))
    options, _, _ = read_flags(WEIGHED[name])
    assert options is not None
    assert {key: tuple(tensor.shape) for key, tensor in theirs.items()} == tensors(options)


@pytest.mark.parametrize("name", [*COSTED, *WEIGHED])
def test_the_flags_are_those_of_the_reference(name: str) -> None:
    theirs = read(f"golden/{name}.json") if name in WEIGHED else read("msdnet_costs.json")[name]
    options, _, _ = read_flags((COSTED | WEIGHED)[name])
    found = {flag.name: getattr(options, flag.field) for flag in FLAGS}
    scales = {"nScales": len(found["grFactor"])}
    assert {key: list(value) if isinstance(value, tuple) else value for key, value in (found | scales).items()} == {
        **theirs["options"],
        "image-size": theirs["image_size"],
    }
