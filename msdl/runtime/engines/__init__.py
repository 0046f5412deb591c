"""Engines: what runs the sections of a network."""

from __future__ import annotations

from torch import nn

from msdl.runtime.engines.eager import eager
from msdl.runtime.engines.engine import Direct, Engine

__all__ = ["ENGINES", "Direct", "Engine", "as_engine", "eager"]

# By their names, those first that are the faster on a CPU. `msdl.runtime.opened` chooses.
ENGINES = ("onnx", "compiled", "torch")


def as_engine(network: Engine | nn.Module) -> Engine:
    """An engine as it is; a generated module runs as it is written."""
    return network if isinstance(network, Engine) else eager(network)
