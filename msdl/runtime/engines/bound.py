"""A graph under ONNX Runtime that reads and writes memory of torch: nothing is copied on the way in or out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from msdl.runtime.engines.engine import CPU
from msdl.runtime.engines.graphs import Graph, insist_on
from msdl.runtime.errors import InputError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class Bound:
    """Called with tensors (N, ..), it gives the graph's outputs (N, ..), which its next call overwrites.

    There is memory for as many images as ever came at once. An output that is an input too is given back as it came.
    Raises InputError.
    """

    def __init__(self, session: InferenceSession, graph: Graph) -> None:
        self.session = session
        self.name, self.inputs, self.outputs = graph.name, graph.inputs, graph.outputs
        self.binding = session.io_binding()
        names = [value.name for value in graph.inputs]
        self.passing = {value.name: names.index(value.name) for value in graph.outputs if value.name in names}
        self.made = [value for value in graph.outputs if value.name not in self.passing]
        self.room = [torch.empty(0, *value.shape) for value in self.made]
        self.images = 0
        self.views: list[Tensor] = []
        self.places = [0] * len(names)

    def __call__(self, *given: Tensor) -> tuple[Tensor, ...]:
        images = insist_on(given, self.inputs, self.name, CPU)
        read = [tensor.contiguous() for tensor in given]
        if images != self.images:
            self._make_room(images)
        for number, (value, tensor) in enumerate(zip(self.inputs, read, strict=True)):
            if tensor.data_ptr() != self.places[number]:
                self.places[number] = tensor.data_ptr()
                self.binding.bind_input(value.name, *_memory(tensor))
        self._run()
        made = iter(self.views)
        return tuple(given[self.passing[of.name]] if of.name in self.passing else next(made) for of in self.outputs)

    def _make_room(self, images: int) -> None:
        """Has the outputs written for so many images; the inputs are yet to be bound."""
        if images > len(self.room[0]):
            self.room = [torch.empty(images, *value.shape) for value in self.made]
        self.images = images
        self.views = [room[:images] for room in self.room]
        self.places = [0] * len(self.places)
        for value, view in zip(self.made, self.views, strict=True):
            self.binding.bind_output(value.name, *_memory(view))

    def _run(self) -> None:
        try:
            self.session.run_with_iobinding(self.binding)
        except Exception as error:  # ONNX Runtime has a class of its own for every way to fail
            raise InputError(f"{self.name} can't be run on {self.images} images: {error}.") from None


def _memory(tensor: Tensor) -> tuple[str, int, type, tuple[int, ...], int]:
    """Where a tensor lies, as ONNX Runtime is told."""
    import numpy  # comes with ONNX Runtime; msdl does without

    return "cpu", 0, numpy.float32, tuple(tensor.shape), tensor.data_ptr()
