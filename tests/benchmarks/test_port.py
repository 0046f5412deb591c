"""The network that msdl is measured against does what the port's does: weights go over and give the same logits."""

from __future__ import annotations

import pytest
import torch

from benchmarks.port import ANYTIME, BUDGETED, BUDGETED7, IMAGENET4, port
from msdl.interop.msdnet_pytorch import convert, translate
from msdl.interop.msdnet_pytorch.flags import read_flags
from msdl.runtime.load import execute
from tests.interop.port import COSTED, ODD, WEIGHED, Flags, tensors

NETWORKS: dict[str, Flags] = COSTED | WEIGHED | ODD


@pytest.mark.parametrize("name", NETWORKS)
def test_its_tensors_are_the_port_s(name: str) -> None:
    options, _, _ = read_flags(NETWORKS[name])
    assert options is not None
    found = {key: tuple(tensor.shape) for key, tensor in port(NETWORKS[name]).state_dict().items()}
    assert found == tensors(options)


@pytest.mark.parametrize("name", NETWORKS)
def test_converted_weights_give_the_same_logits(name: str) -> None:
    torch.manual_seed(0)
    theirs, compilation = port(NETWORKS[name]), translate(NETWORKS[name])
    ours = execute(compilation.emit(), "port").Network()
    ours.load_state_dict(convert(theirs.state_dict(), compilation))
    images = torch.randn(2, *ours.INPUT)
    for found, expected in zip(ours(images), theirs(images), strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(
    ("flags", "exits", "parameters"),
    [(ANYTIME, 7, 3_067_960), (BUDGETED, 5, 2_078_924), (BUDGETED7, 7, 3_966_664), (IMAGENET4, 5, 23_958_440)],
)
def test_the_measured_networks(flags: Flags, exits: int, parameters: int) -> None:
    network = port(flags)
    assert len(network.classifier) == exits
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


def test_other_flags_are_refused() -> None:
    with pytest.raises(ValueError, match="not flags of the port"):
        port({"prune": "most"})
