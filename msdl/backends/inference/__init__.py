"""Schedule -> the source of a PyTorch module for inference: batch norms folded, ReLU in place, channels last.

    before  self.stem = nn.Sequential(              after  self.stem = numbered(
                nn.Conv2d(3, 16, 3, bias=False),               (0, nn.Conv2d(3, 16, 3)),
                nn.BatchNorm2d(16),                            (2, nn.ReLU(inplace=True)),
                nn.ReLU(inplace=True),                     )
            )

What is left keeps its keys. The module takes the weights of the one that was trained, and folds them by itself.
"""

from __future__ import annotations

from msdl.backends.torch.source import source
from msdl.network.folding import folded
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule
from msdl.network.schedule import schedule as planned


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The source of a module for a checked network as it is trained. `digest` and `version` are for its header."""
    found = folded(graph)
    return source(found.graph, planned(found.graph), digest, version, found.folds)
