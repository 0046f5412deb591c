"""The graphs that an engine is made from: a network written as one a section, in memory or in an export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from msdl.network.schedule import Value
from msdl.runtime.errors import InputError
from msdl.runtime.graphs import onnx_sections
from msdl.runtime.manifest import Manifest, Part
from msdl.runtime.trained import Trained


@dataclass(frozen=True)
class Graph:
    """The work up to an exit, in one of the formats of exports; `name` says in messages which it is."""

    name: str
    exit: str
    content: bytes
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]


@dataclass(frozen=True)
class Graphs:
    """A section an exit; `direct` gives the graph of one exit alone, by its number from 0. It raises InputError."""

    sections: tuple[Graph, ...]
    direct: Callable[[int], Graph] | None

    @property
    def exits(self) -> tuple[str, ...]:
        return tuple(section.exit for section in self.sections)

    @property
    def shape(self) -> tuple[int, int, int]:
        """What the first section reads: (C, H, W)."""
        channels, height, width = self.sections[0].inputs[0].shape
        return channels, height, width


def written(trained: Trained) -> Graphs:
    """The graphs of ONNX that a network is exported as. Raises InputError."""

    def direct(exit: int) -> Graph:
        (graph,) = _onnx(trained.alone(exit + 1))
        return graph

    return Graphs(_onnx(trained), direct)


def read(manifest: Manifest) -> Graphs:
    """The graphs of an export. Raises InputError."""
    sections = tuple(_content(manifest, part) for part in manifest.sections)
    return Graphs(sections, (lambda exit: _content(manifest, manifest.direct[exit])) if manifest.direct else None)


def insist_on(given: Sequence[Tensor], wanted: Sequence[Value], name: str, device: torch.device) -> int:
    """The number of images in what a section is given. Raises InputError where that isn't what it reads."""
    if len(given) != len(wanted):
        raise InputError(f"{name} reads {len(wanted)} tensors, and is given {len(given)}.")
    images = len(given[0]) if given[0].dim() else 0
    for tensor, value in zip(given, wanted, strict=True):
        if tensor.dtype != torch.float32 or tensor.device.type != device.type:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise InputError(
                f"{name} reads '{value.name}' as float32 on '{device.type}', "
                f"and is given {kind} on '{tensor.device.type}'."
            )
        if tensor.shape != (images, *value.shape) or not images:
            extents = " x ".join(map(str, ("N", *value.shape)))
            found = " x ".join(map(str, tensor.shape)) or "a single number"
            raise InputError(f"{name} reads '{value.name}' as {extents} for N images, and is given {found}.")
    return images


def _onnx(trained: Trained) -> tuple[Graph, ...]:
    return tuple(
        Graph(f"The section of '{section.exit}'", section.exit, section.content, section.inputs, section.outputs)
        for section in onnx_sections(trained)
    )


def _content(manifest: Manifest, part: Part) -> Graph:
    return Graph(f"'{manifest.path(part)}'", part.exit, manifest.content(part), part.inputs, part.outputs)
