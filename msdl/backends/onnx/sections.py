"""What this backend makes: an ONNX model a section, and what goes in and comes out."""

from __future__ import annotations

from dataclasses import dataclass

from msdl.network.schedule import Value


@dataclass(frozen=True)
class Section:
    """The model of the work up to an exit: `content` is the file, in the format of onnx."""

    exit: str
    content: bytes
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
