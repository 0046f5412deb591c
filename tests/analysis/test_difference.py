"""What differs between two networks; whether weights load, and mean the same, is what torch says."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import msdl
from msdl.analysis.difference import Difference, difference
from msdl.compilation import Compilation

STEM, PATH, EXIT = "conv3x3(8) bn relu", "conv3x3(8) bn relu", "exit last at end: gap linear(3)"


def network(stem: str = STEM, path: str = PATH, exits: str = EXIT, size: int = 16, block: str = "") -> str:
    return (
        f"network t {{ input 3 x {size} x {size}; {block or 'scales 1 { w 8 }'}; stem {stem}; "
        f"layers 1 {{ horizontal {path} }}; {exits} }}"
    )


SQUARED = "block squared() = [in, in * in]"
PAIR = "block pair() { a = conv1x1(4); b = conv1x1(4); out = [a, b] }"

# Two networks and the changes from the first to the second; `image` and `exits` where these differ.
CASES: dict[str, tuple[str, str, list[str]]] = {
    "the same": (network(), network(), []),
    "another name": (network(), network().replace("network t", "network u"), []),
    "the same by other words": (network(), network(stem="conv3x3(2 * 4) bn(eps = 1e-5) identity relu"), []),
    # Tensors differ
    "another width": (
        network(),
        network(stem="conv3x3(4) bn relu"),
        ["reshaped stem.0", "reshaped stem.1", "reshaped layer1.scale1.horizontal.0"],
    ),
    "another kernel": (network(), network(stem="conv1x1(8) bn relu"), ["reshaped stem.0"]),
    "a bias more": (network(), network(stem="conv3x3(8, bias) bn relu"), ["reshaped stem.0"]),
    "a bias less": (network(), network(exits="exit last at end: gap linear(3, nobias)"), ["reshaped exits.last.1"]),
    "another layer with tensors of the same names": (
        network(stem="conv3x3(8) bn"),
        network(stem="conv3x3(8) conv1x1(8, bias)"),
        ["reshaped stem.1"],
    ),
    "tensors where there were none": (
        network(stem="conv3x3(8) relu"),
        network(stem="conv3x3(8) bn"),
        ["added stem.1"],
    ),
    "no tensors where there were some": (
        network(stem="conv3x3(8) bn"),
        network(stem="conv3x3(8) relu"),
        ["removed stem.1"],
    ),
    "a larger image before a linear layer": (
        network(exits="exit last at end: linear(3)"),
        network(exits="exit last at end: linear(3)", size=20),
        ["reshaped exits.last.0", "image"],
    ),
    "an exit more": (
        network(),
        network(exits=f"exit early at 1: gap linear(3); {EXIT}"),
        ["added exits.early.1", "alone exits.early.0", "exits"],
    ),
    "an exit of another name": (
        network(),
        network(exits="exit late at end: gap linear(3)"),
        ["added exits.late.1", "removed exits.last.1", "alone exits.late.0", "alone exits.last.0", "exits"],
    ),
    # Tensors are the same, what is computed is not
    "a stride": (network(), network(stem="conv3x3(8)/2 bn relu"), ["altered stem.0"]),
    "a padding": (network(), network(stem="conv3x3(8, valid) bn relu"), ["altered stem.0"]),
    "a dilation": (network(), network(stem="conv3x3(8, dilation = 2) bn relu"), ["altered stem.0"]),
    "an epsilon": (network(), network(stem="conv3x3(8) bn(eps = 0.5) relu"), ["altered stem.1"]),
    "another activation": (network(), network(stem="conv3x3(8) bn elu"), ["altered stem.2"]),
    "an activation less": (
        network(),
        network(path="conv3x3(8) bn"),
        ["altered exits.last.0", "alone layer1.scale1.horizontal.2"],
    ),
    "an activation more, at the very end": (
        network(),
        network(exits="exit last at end: gap linear(3) sigmoid"),
        ["alone exits.last.2", "exits"],
    ),
    "a pool with another window": (
        network(stem="conv3x3(8) maxpool2x2/2"),
        network(stem="conv3x3(8) maxpool3x3/2"),
        ["altered stem.1"],
    ),
    "groups, of weights of the same shape": (
        network(stem="conv3x3(8) conv3x3(8)", block=SQUARED),
        network(stem="conv3x3(8) squared conv3x3(8, groups = 2)", block=SQUARED),
        ["altered stem.1", "alone stem.mul", "alone stem.concat"],
    ),
    "the order of a concatenation": (
        network(stem="pair", block=PAIR),
        network(stem="pair", block=PAIR.replace("[a, b]", "[b, a]")),
        ["altered stem.out.concat"],
    ),
    "a larger image before an average": (network(), network(size=20), ["image"]),
    "an exit without tensors more": (
        network(),
        network(exits=f"exit a at 1: gap flatten; {EXIT}"),
        ["alone exits.a.0", "alone exits.a.1", "exits"],
    ),
    "exits in another order": (
        network(exits="exit a at 1: gap linear(3); exit b at 1: gap linear(3)"),
        network(exits="exit b at 1: gap linear(3); exit a at 1: gap linear(3)"),
        ["exits"],
    ),
    "the features of an exit of identity": (
        network(path="conv3x3(8) relu", exits="exit last at end: identity"),
        network(path="conv3x3(8) relu sigmoid", exits="exit last at end: identity"),
        ["alone layer1.scale1.horizontal.2", "exits"],
    ),
}


def between(old: str, new: str) -> Difference:
    return difference(Compilation.of_text(old).network, Compilation.of_text(new).network)


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_changes(old: str, new: str, expected: list[str]) -> None:
    found = between(old, new)
    changes = [f"{change.kind} {change.id}" for change in found.changes]
    otherwise = ["image"] * (not found.same_input) + ["exits"] * (not found.same_exits)
    assert sorted(changes + otherwise) == sorted(expected)
    assert found.same is (expected == [])


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_the_way_back(old: str, new: str, expected: list[str]) -> None:
    there, back = between(old, new), between(new, old)
    mirrored = {"added": "removed", "removed": "added"}
    assert sorted((mirrored.get(c.kind, c.kind), c.id) for c in there.changes) == sorted(
        (c.kind, c.id) for c in back.changes
    )
    assert (there.kept, there.loads, there.same) == (back.kept, back.loads, back.same)


@pytest.mark.parametrize(("old", "new", "expected"), CASES.values(), ids=CASES)
def test_torch_says_the_same(old: str, new: str, expected: list[str], tmp_path: Path) -> None:
    """A checkpoint loads, strictly, when it is said to; both then put out the same when they are said to."""
    torch.manual_seed(0)
    before, after = (compiled(text, tmp_path / name) for text, name in ((old, "old.msd"), (new, "new.msd")))
    found = between(old, new)
    if not found.loads:
        with pytest.raises(RuntimeError, match=r"Error\(s\) in loading state_dict"):
            after.load_state_dict(before.state_dict())
        return
    after.load_state_dict(before.state_dict())
    image = torch.randn(2, 3, 16, 16)
    if found.same_input:
        outputs = before(image), after(image)
        alike = [a.shape == b.shape and torch.allclose(a, b) for a, b in zip(*outputs, strict=False)]
        assert (all(alike) and len(outputs[0]) == len(outputs[1])) is found.same


def compiled(text: str, path: Path) -> torch.nn.Module:
    """The module of a text, whose batch norms don't pass everything on as it is."""
    path.write_text(text)
    module = msdl.compile(path).eval()
    for name, buffer in module.named_buffers():
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2)
    return module


@pytest.mark.parametrize(
    ("old", "new", "loads"),
    [
        ("resnet50", "resnet50", True),
        ("resnet18", "resnet50", False),
        ("msdnet_cifar_anytime", "msdnet_cifar_unreduced", False),
    ],
)
def test_networks_of_the_library(old: str, new: str, loads: bool) -> None:
    assert difference(Compilation.of(old).network, Compilation.of(new).network).loads is loads


def test_exits_are_paired_by_their_cells() -> None:
    old = network(exits="exit a at 1: gap linear(3); exit b at 1: gap linear(3); exit last at end: gap")
    new = network(exits="exit b at 1: gap linear(3); exit c at 1: gap linear(3); exit last at end: gap")
    pairs = [(pair.cell, pair.old, pair.new) for pair in between(old, new).exits]
    assert pairs == [("exits.a", 0, None), ("exits.b", 1, 0), ("exits.c", None, 1), ("exits.last", 2, 2)]
