"""Small trained runs on the digits, made without Lightning in a second each."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy

from msdl.compilation import Compilation
from msdl.runtime.load import execute
from msdl.runtime.run import MODULE, SPEC, SPLITS, WEIGHTS, Exit, Run
from msdl.training.data import open_data
from msdl.training.data.splits import write_splits

TINY = """\
network tiny(classes = 10, width = 4, depth = 3) {
  input 1 x 8 x 8
  scales 2 { g width * s }
  stem     conv3x3(g) bn relu
  vertical conv3x3(g)/2 bn relu
  layers depth dense(g) {
    diagonal   conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exits at 1..depth: gap linear(classes)
}
"""
BATCH, STEPS = 64, 60


def made(folder: Path, *, seed: int = 0, split: int = 0, **settings: int) -> Path:
    """The folder of a run of TINY; `split` is the seed of the parts of the data."""
    folder.mkdir(parents=True)
    (folder / SPEC).write_text(TINY)
    compilation = Compilation.of(folder / SPEC, **settings)
    data = open_data("digits", compilation.network.image.extents, 10, seed=split)
    torch.manual_seed(seed)
    model = execute(compilation.emit("torch"), "tiny").Network()
    pixels, labels = (torch.stack([*map(torch.as_tensor, column)]) for column in zip(*_pairs(data.train), strict=True))
    images = data.preprocessing.normalised(pixels)
    optimiser = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(STEPS):
        rows = torch.randint(len(images), (BATCH,))
        optimiser.zero_grad()
        sum(cross_entropy(logits, labels[rows]) for logits in model(images[rows])).backward()
        optimiser.step()
    (folder / MODULE).write_text(compilation.emit("torch"))
    save_file(model.state_dict(), folder / WEIGHTS)
    exits = tuple(Exit(exit.name, exit.macs.lazy, exit.parameters) for exit in compilation.costs.exits)
    facts = ({"source": "digits"}, {"seed": seed}, {"torch": torch.__version__})
    Run(folder, "tiny", compilation.digest, settings, exits, data.classes, data.preprocessing, *facts).write()
    write_splits(data, folder / SPLITS)
    return folder


def _pairs(images):
    return [images[number] for number in range(len(images))]
