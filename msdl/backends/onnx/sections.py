"""What this backend makes: an ONNX model a section, and what goes in and comes out."""

from __future__ import annotations

from dataclasses import dataclass

IMAGE, LOGITS = "image", "logits"


@dataclass(frozen=True)
class Value:
    """A tensor of float32 that a model reads or puts out: the batch, of any size, before the `shape` of one image."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """The model of the work up to an exit: `content` is the file, in the format of onnx."""

    exit: str
    content: bytes
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
