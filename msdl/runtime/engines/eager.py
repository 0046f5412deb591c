"""The engine `torch`: the generated module as it is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from torch import nn

from msdl.runtime.engines.engine import Engine
from msdl.runtime.sections import image_shape, inference, names, sections

# oneDNN compiles a convolution for every new batch size, which costs about as much as a section of a small network on
# 100 images (docs/benchmarks.md); so the sizes of batches that aren't full come in steps.
STEP = 16


def eager(model: nn.Module) -> Engine:
    """A generated module as an engine; nothing is made ready, so it costs nothing."""
    engine = Engine(
        "torch", names(model), image_shape(model), sections(model), step=STEP, running=partial(inference, model)
    )
    weights = next(model.parameters(), None)
    return engine if weights is None else replace(engine, device=weights.device, dtype=weights.dtype)
