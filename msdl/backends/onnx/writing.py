"""Sections -> ONNX models, as bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from onnx import ModelProto, TensorProto, ValueInfoProto, helper

from msdl.backends.onnx.layout import Layout
from msdl.backends.onnx.nodes import Nodes, Weights
from msdl.backends.origins import harmless
from msdl.network import schedule
from msdl.network.graph import Graph
from msdl.network.schedule import SectionFile, Value

# ONNX Runtime reads both from 1.14 on, in browsers too; later ones have nothing that these networks need.
OPSET, IR = 18, 8


@dataclass(frozen=True)
class Network:
    """What models are written from; `digest` and `version` are for their headers."""

    graph: Graph
    order: schedule.Schedule
    weights: Weights
    digest: str
    version: str

    def section(self, sections: Sequence[schedule.Section], reads: Iterable[str], logits: Iterable[str]) -> SectionFile:
        """Sections that follow each other, as one model.

        It reads the values of these ids, and puts out the logits of every exit, by these names, and then the state that
        the last section leaves. Raises KeyError and ValueError for weights that don't fit.
        """
        last = sections[-1]
        heads = [(section.exit.output, name) for section, name in zip(sections, logits, strict=True)]
        inputs = tuple(map(self._value, reads))
        outputs = (*(replace(self._value(id), name=name) for id, name in heads), *map(self._value, last.state))
        content = self._model(
            self._nodes(sections, [value.name for value in inputs], heads), last.exit.name, inputs, outputs
        )
        return SectionFile(last.exit.name, content, inputs, outputs)

    def _value(self, id: str) -> Value:
        return Value(id, self.graph[id].size.extents)

    @cached_property
    def layout(self) -> Layout:
        return Layout.of(self.graph, self.order)

    def _nodes(
        self, sections: Sequence[schedule.Section], given: Sequence[str], heads: Sequence[tuple[str, str]]
    ) -> Nodes:
        """A tensor has one name: logits that are state too, were there before or are two exits' are copies."""
        ids = [id for section in sections for id in section.nodes]
        free = set(ids).difference(sections[-1].state)
        names = {id: name for id, name in reversed(heads) if id in free}
        nodes = Nodes(self.graph, self.weights, names)
        for id in self.layout.brought(given, ids):
            nodes.bring(id)
        for line in self.layout.lines(ids):
            nodes.add(*line)
        for id, name in heads:
            if names.get(id) != name:
                nodes.copy(id, name)
        return nodes

    def _model(self, nodes: Nodes, exit: str, inputs: Iterable[Value], outputs: Iterable[Value]) -> bytes:
        """The same bytes for the same network and weights."""
        title = f"{harmless(self.graph.name)} {harmless(exit)}"
        graph = helper.make_graph(nodes.nodes, title, _declared(inputs), _declared(outputs), nodes.constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model: ModelProto = helper.make_model(
            graph, opset_imports=opsets, ir_version=IR, producer_name="msdl", producer_version=self.version
        )
        helper.set_model_props(model, {"exit": harmless(exit), "digest": self.digest})
        content: bytes = model.SerializeToString(deterministic=True)
        return content


def _declared(values: Iterable[Value]) -> list[ValueInfoProto]:
    return [helper.make_tensor_value_info(value.name, TensorProto.FLOAT, ["batch", *value.shape]) for value in values]
