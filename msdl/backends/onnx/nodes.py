"""Layers -> the nodes of an ONNX graph, and their weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper, numpy_helper

from msdl.backends.onnx.operators import Absent, Array, Constant, Operand, Operator, Previous, Read, Weight
from msdl.backends.origins import origin
from msdl.network.graph import Graph, Node
from msdl.network.tensors import tensors

Weights = Mapping[str, NDArray[np.float32]]


@dataclass
class Nodes:
    """Nodes and constants, layer after layer. `names` says what values are called that aren't called by their ids."""

    graph: Graph
    weights: Weights
    names: dict[str, str]
    nodes: list[NodeProto] = field(default_factory=list)
    constants: list[TensorProto] = field(default_factory=list)

    def add(self, node: Node, end: str, line: Sequence[Operator]) -> None:
        """The operators of a layer; the last gives the value with the id `end`. Raises KeyError and ValueError."""
        before: list[list[str]] = []
        for left, operator in zip(reversed(range(len(line))), line, strict=True):
            name = f"{node.id}/{left}" if left else end
            results = [self._called(name), *(f"{name}.{place}" for place in range(1, operator.outputs))]
            self._operator(operator, node, name, before, results)
            before.append(results)

    def bring(self, id: str) -> None:
        """Into blocks of channels, by a pool over windows of one pixel (`msdl.backends.onnx.layout`)."""
        self.names[id] = f"{id}/blocks"
        self.nodes.append(helper.make_node("MaxPool", [id], [self.names[id]], self.names[id], kernel_shape=(1, 1)))

    def copy(self, id: str, name: str) -> None:
        """A value by another name."""
        self.nodes.append(helper.make_node("Identity", [self._called(id)], [name], name))

    def _called(self, id: str) -> str:
        return self.names.get(id, id)

    def _operator(
        self, operator: Operator, node: Node, name: str, before: Sequence[Sequence[str]], results: Sequence[str]
    ) -> None:
        inputs = [
            self._operand(operand, node, before, f"{name}/{operator.kind}.{place}")
            for place, operand in enumerate(operator.operands)
        ]
        made = helper.make_node(operator.kind, inputs, results, name, origin(node.span))
        made.attribute.extend(helper.make_attribute(key, value) for key, value in operator.attributes.items())
        self.nodes.append(made)

    def _operand(self, operand: Operand, node: Node, before: Sequence[Sequence[str]], name: str) -> str:
        match operand:
            case Read(number):
                return self._called(node.inputs[number])
            case Previous(back, output):
                return before[-back][output]
            case Absent():
                return ""
            case Weight(part, left_out):
                key, shape = f"{node.id}.{part}", tensors(node.layer)[part]
                value = fitting(self.weights, key, shape)
                return self._constant(key, value.reshape(shape[: len(shape) - left_out]))
            case Constant(value):
                return self._constant(name, value)
            case _:
                assert_never(operand)

    def _constant(self, name: str, value: Array) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name


def fitting(weights: Weights, key: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A weight of the shape that its layer needs. Raises KeyError and ValueError."""
    if key not in weights:
        raise KeyError(f"there is no weight '{key}'")
    value = weights[key]
    if value.shape != shape or value.dtype != np.float32:
        raise ValueError(f"'{key}' is {value.dtype} {value.shape}, but float32 {shape} belongs there")
    return np.ascontiguousarray(value)
