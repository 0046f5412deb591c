"""Exports for the examples that run them without msdl, with pictures and what msdl itself says of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from msdl.deployment.export import export
from msdl.runtime.budgeted import classify
from msdl.runtime.manifest import Manifest
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing, as_tensor
from msdl.runtime.sections import image_shape, outputs
from msdl.runtime.trained import Trained, trained
from tests.runtime.folders import SPEC

CLASSES = ("cat", "dog", "ship")
COUNT = 24
TEMPERATURES = (0.5, 2.0, 1.5)


@dataclass(frozen=True)
class Case:
    """How an image stops: a measure of confidence, temperatures, and how many of the exits a policy names."""

    confidence: str = "max-softmax"
    temperatures: tuple[float, ...] = ()
    exits: int = 3


CASES = (
    Case(),
    Case("margin", TEMPERATURES),
    Case("entropy"),
    Case("entropy", TEMPERATURES[:2], exits=2),
    Case(exits=1),
)


class Export:
    """A network in a folder, as if it had been trained, and pictures that a policy sends to all of its exits."""

    def __init__(self, folder: Path, channels: int = 3) -> None:
        spec = folder / "small.msd"
        spec.write_text(SPEC.replace("input 3 x", f"input {channels} x"))
        self.network: Trained = trained(spec)
        self.folder = folder / "export"
        self.manifest: Manifest = export(self.network, self.folder)
        shape = image_shape(self.network.model)
        mean, std = (0.4, 0.5, 0.6)[:channels], (0.2, 0.25, 0.3)[:channels]
        self.preprocessing = Preprocessing(shape, mean, std)
        self.pictures = [_noise(number, shape) for number in range(COUNT)]
        self.pixels = torch.stack([as_tensor(picture) for picture in self.pictures])

    def under(self, policy: Policy | None) -> None:
        """Writes the manifest of a trained network with this policy."""
        replace(self.manifest, preprocessing=self.preprocessing, classes=CLASSES, policy=policy).write()

    def policy(self, case: Case) -> Policy:
        """Of the images that reach an exit about half are surer than its threshold, and none is near it."""
        names = tuple(exit.name for exit in self.manifest.exits[: case.exits])
        policy = Policy(names, (None,) * (len(names) - 1), case.confidence, case.temperatures)
        thresholds: list[float] = []
        with torch.inference_mode():
            logits = [*outputs(self.network.model, self.normalised())]
        left = torch.arange(COUNT)
        for exit, _ in enumerate(names[1:]):
            sure = policy.confidences(logits[exit][left], exit)
            thresholds.append(_gap(sure.sort().values))
            left = left[sure < thresholds[-1]]
        return replace(policy, thresholds=tuple(thresholds))

    def normalised(self) -> Tensor:
        return self.preprocessing.normalised(self.pixels)

    def answers(self, policy: Policy) -> list[dict[str, Any]]:
        """What msdl says of the pictures."""
        found = classify(self.network.model, self.normalised(), policy)
        return [
            {"class": CLASSES[answer.index], "confidence": answer.confidence, "exit": policy.exits[answer.exit]}
            for answer in found
        ]

    def write_pictures(self, folder: Path, suffix: str) -> list[Path]:
        paths = [folder / f"{number:02}{suffix}" for number in range(COUNT)]
        for path, picture in zip(paths, self.pictures, strict=True):
            picture.save(path)
        return paths


def agree(found: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> bool:
    """Whether answers are alike but for rounding."""
    return len(found) == len(wanted) and all(
        (mine["class"], mine["exit"]) == (theirs["class"], theirs["exit"])
        and abs(mine["confidence"] - theirs["confidence"]) < 1e-4
        for mine, theirs in zip(found, wanted, strict=True)
    )


def _noise(seed: int, shape: tuple[int, int, int]) -> Image.Image:
    """A picture of noise, of a contrast and a brightness of its own."""
    channels, height, width = shape
    drawn = torch.rand(height, width, channels, generator=torch.Generator().manual_seed(seed))
    values = (255 * (drawn * (seed + 1) / COUNT + (1 - (seed + 1) / COUNT) * (seed % 5) / 4)).byte()
    return Image.frombytes({1: "L", 3: "RGB"}[channels], (width, height), values.numpy().tobytes())


def _gap(values: Tensor) -> float:
    """The middle of the widest gap in the middle third of values that rise."""
    third = len(values) // 3
    middle = values[third:-third]
    widest = middle.diff().argmax()
    return float(middle[widest : widest + 2].mean())
