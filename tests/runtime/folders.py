"""Run folders as training leaves them, with weights that are no special case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn

import msdl
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import MODULE, WEIGHTS, Exit, Run
from msdl.runtime.run import SPEC as RUN_SPEC

SPEC = """\
network small(classes = 3) {
  input 3 x 8 x 8
  scales 2 { width 4 * s }
  stem conv3x3(width) bn relu
  vertical conv3x3(width)/2 bn relu
  layers 6 dense(width) { diagonal conv3x3(share)/2 bn relu;  horizontal conv3x3(share) bn relu }
  exits at 2, 4, 6: gap linear(classes)
}
"""


def small(folder: Path, seed: int = 1, spec: str = SPEC, **settings: int) -> nn.Module:
    """The network above, its statistics drawn too, in evaluation mode."""
    path = folder / "small.msd"
    path.write_text(spec)
    torch.manual_seed(seed)
    model = msdl.compile(path, **settings).eval()
    for name, value in model.state_dict().items():
        if name.endswith("running_mean"):
            value.copy_(torch.rand_like(value) - 0.5)
    return model


MAPS = SPEC.replace("gap linear(classes)", "conv1x1(classes, bias) resize")


def run_of_maps(folder: Path) -> Run:
    """A run, never trained, whose exits tell a class for every pixel; the second is about the centre alone."""
    views = {"exit1": [8, 8], "exit2": [4, 6], "exit3": [8, 8]}
    return run_folder(folder, MAPS, {"source": "shapes", "maps": views})


def run_folder(folder: Path, spec: str = SPEC, data: Mapping[str, Any] | None = None, **settings: int) -> Run:
    """A run of the network above, or of another with its input and exits, never trained."""
    folder.mkdir()
    model = small(folder, spec=spec, **settings)
    (folder / RUN_SPEC).write_text(spec)
    compilation = msdl.Compilation.of(folder / RUN_SPEC, **settings)
    (folder / MODULE).write_text(compilation.emit("torch"))
    save_file(model.state_dict(), folder / WEIGHTS)
    preprocessing = Preprocessing(model.INPUT, (0.5,) * 3, (0.25,) * 3)
    exits = tuple(Exit(name, 1000 * number, 100 * number) for number, name in enumerate(model.EXITS, start=1))
    classes = ("cat", "dog", "ship")[: model.CLASSES]
    facts = (data or {"source": "digits"}, {}, {"msdl": "1"})
    run = Run(folder, "small", compilation.digest, settings, exits, classes, preprocessing, *facts)
    run.write()
    return run
