"""The networks that are compared, all of about the same MACs: MSDNet, its ablations, and its rivals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

SPECS = Path(__file__).parent / "specs"
MSDNET = "msdnet_digits"

# A name here is a spec's and its runs' name; the value is what figures and tables call it.
NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        MSDNET: "MSDNet",
        "resnet_mc": "ResNet-MC",
        "densenet_mc": "DenseNet-MC",
        "without_dense": "MSDNet, not dense",
        "without_multiscale": "MSDNet, one scale",
        "without_exits": "MSDNet, one exit",
        "resnet": "ResNet",
        "densenet": "DenseNet",
    }
)
SEEDS = (0, 1, 2)


def spec(network: str) -> str:
    """What `msdl` commands call the network's spec: a file of this folder, or a name of the library."""
    own = SPECS / f"{network}.msd"
    return str(own) if own.exists() else network
