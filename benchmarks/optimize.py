"""What `msdl compile --optimize` saves, and whether the channels should lie last: torch on one core.

python benchmarks/optimize.py [NETWORK ..]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import torch
from measure import machine, put, seconds, table
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).parent.parent))

from msdl import Compilation
from msdl.runtime.load import execute

NETWORKS = ("msdnet_cifar_anytime", "msdnet_imagenet", "resnet50")
BATCHES = (1, 8, 64)
TURNS = 5
# Enough of them in a turn that a clock tells something: 64 images of CIFAR's size, 8 large ones.
PIXELS, FEWEST = 64 * 32 * 32, 8
LAST = (
    "        nn.utils.convert_conv2d_weight_memory_format(self, torch.channels_last)\n",
    "        image = image.contiguous(memory_format=torch.channels_last)\n",
)


def networks(compilation: Compilation) -> dict[str, nn.Module]:
    """The same network in four ways, the ordinary one first."""
    name = compilation.network.name
    text = compilation.emit("inference")
    first = text
    for line in LAST:
        assert line in text, "the module is written in another way"
        first = first.replace(line, "")
    ordinary = _network(compilation.emit("torch"), name)
    weights = ordinary.state_dict()
    last: Any = _network(compilation.emit("torch"), name, weights)
    return {
        "ordinary": ordinary,
        "ordinary, channels last": last.to(memory_format=torch.channels_last),
        "optimized, channels first": _network(first, name, weights),
        "optimized, channels last": _network(text, name, weights),
    }


def _network(source: str, name: str, weights: dict[str, Tensor] | None = None) -> nn.Module:
    network: nn.Module = execute(source, name).Network().eval()
    if weights is not None:
        network.load_state_dict(weights)
    return network


def measure(name: str) -> list[list[str]]:
    """A row a batch size: the ordinary module's milliseconds for an image, and the share of it that others take."""
    compilation = Compilation.of(name)
    ways = networks(compilation)
    shape = compilation.network.image.extents
    return [[f"{name}, batch {batch}", *_row(ways, torch.randn(batch, *shape))] for batch in BATCHES]


def _row(ways: dict[str, nn.Module], images: Tensor) -> list[str]:
    repeats = max(1, max(FEWEST, PIXELS // images[0, 0].numel()) // len(images))
    runs = {way: _runs(network, _layout(images, way), repeats) for way, network in ways.items()}
    for run in runs.values():
        run()
    turns = [{way: seconds(run) for way, run in runs.items()} for _ in range(TURNS)]
    shares = [median(turn[way] / turn["ordinary"] for turn in turns) for way in [*ways][1:]]
    alone = median(turn["ordinary"] for turn in turns) / repeats / len(images)
    return [f"{1000 * alone:.2f}", *(f"{share:.2f}" for share in shares)]


def _layout(images: Tensor, way: str) -> Tensor:
    """The ordinary module takes images as they come; the optimized one sees to it by itself."""
    return images.contiguous(memory_format=torch.channels_last) if way == "ordinary, channels last" else images


def _runs(network: nn.Module, images: Tensor, repeats: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(repeats):
            network(images)

    return run


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.inference_mode():
        rows = [row for name in sys.argv[1:] or NETWORKS for row in measure(name)]
    headings = ["network", "ordinary, ms an image", "channels last", "optimized, channels first", "optimized"]
    put(
        machine("torch"),
        table(headings, rows),
        "CPU time of one thread for all exits, untrained; the last three columns are shares of the ordinary module's"
        f" time, medians of {TURNS} alternating turns.",
    )


if __name__ == "__main__":
    main()
