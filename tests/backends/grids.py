"""Graphs built by hand, node by node: dense grids, residual blocks, gates, splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from msdl.network.graph import IMAGE, Cell, Exit, Graph, Node, Role
from msdl.network.layers import (
    Activation,
    AdaptivePool,
    Add,
    BatchNorm,
    Concat,
    Conv,
    Image,
    Layer,
    Linear,
    Multiply,
    Pool,
    Shape,
    Slice,
)
from msdl.network.shapes import output
from msdl.source import Source, Span

TEXT = "network hand {\n  layers 4 dense(6) {   # the grid\n}\n"
RELU = Activation("relu")
SMALL = Shape(3, 16, 16)


@dataclass
class Sketch:
    """A graph being drawn: every method adds nodes and returns the id of the last."""

    image: Shape = SMALL
    scales: int = 1
    name: str = "hand"
    source: Source = field(default_factory=lambda: Source("net.msd", TEXT))
    nodes: dict[str, Node] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    exits: list[Exit] = field(default_factory=list)
    cells: dict[str, Cell] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cell(IMAGE, "image", 0, 1)
        self.nodes[IMAGE] = Node(IMAGE, Image(self.image), (), self.image, self.cells[IMAGE], self.span)

    @property
    def span(self) -> Span:
        return Span(self.source, 17, len(self.source.text))

    def cell(self, id: str, role: Role = "cell", layer: int = 1, scale: int = 1) -> Cell:
        self.cells[id] = Cell(id, role, layer, scale, self.span)
        return self.cells[id]

    def add(self, cell: Cell, id: str, layer: Layer, *inputs: str, block: str = "") -> str:
        """A node, by its full id."""
        shape = output(layer, [self.nodes[source].size for source in inputs])
        self.nodes[id] = Node(id, layer, inputs, shape, cell, self.span, block)
        return id

    def chain(self, cell: Cell, prefix: str, value: str, *layers: Layer, start: int = 0, block: str = "") -> str:
        """Layers one after another."""
        for number, layer in zip(count(start), layers, strict=False):
            value = self.add(cell, f"{prefix}.{number}", layer, value, block=block)
        return value

    def settle(self, cell: Cell, value: str) -> str:
        """Says that a value is a cell's."""
        self.outputs[cell.id] = value
        return value

    def channels(self, value: str) -> int:
        return self.nodes[value].size.channels

    def conv(
        self, value: str, outputs: int, kernel: int = 3, stride: int = 1, bias: bool = False, groups: int = 1
    ) -> Conv:
        side = (kernel // 2, kernel // 2)
        return Conv(self.channels(value), outputs, (kernel, kernel), (stride, stride), side, 1, groups, bias)

    def conv_bn_relu(self, value: str, outputs: int, kernel: int = 3, stride: int = 1) -> tuple[Layer, ...]:
        return self.conv(value, outputs, kernel, stride), BatchNorm(outputs), RELU

    def head(self, id: str, value: str, *layers: Layer, name: str = "") -> str:
        """An exit that reads a value; without layers, it puts out what it reads."""
        features = self.nodes[value]
        cell = self.cell(id, "exit", features.cell.layer, features.cell.scale)
        result = self.chain(cell, id, value, *layers)
        self.outputs[id] = result
        shown = name or f"exit{len(self.exits) + 1}"
        self.exits.append(Exit(shown, cell, value, result, placed=False, named=bool(name), span=self.span))
        return result

    def classifier(self, id: str, value: str, classes: int = 5, name: str = "") -> str:
        return self.head(id, value, AdaptivePool(1, 1), Linear(self.channels(value), classes), name=name)

    def graph(self) -> Graph:
        """The graph, without what reaches no exit."""
        graph = Graph.of(self.name, self.image, self.scales, True, self.exits, self.outputs, list(self.nodes.values()))
        keep = graph.ancestors(*(exit.output for exit in self.exits)) | {IMAGE}
        return graph.only(keep, graph.exits)


def grid(layers: int = 4, scales: int = 3, classes: int = 5, exits: Sequence[int] = (2, 4), size: int = 32) -> Graph:
    """An MSDNet without reduction: every layer adds to every scale."""
    s = Sketch(Shape(3, size, size), scales, "msdnet")
    stem = s.cell("stem", "stem", 0, 1)
    x = {1: s.settle(stem, s.chain(stem, "stem", IMAGE, *s.conv_bn_relu(IMAGE, 4)))}
    for scale in range(2, scales + 1):
        cell = s.cell(f"layer0.scale{scale}", "cell", 0, scale)
        above = x[scale - 1]
        x[scale] = s.settle(cell, s.chain(cell, f"{cell.id}.vertical", above, *s.conv_bn_relu(above, 4 * scale, 3, 2)))
    for layer in range(1, layers + 1):
        x = {scale: _dense_cell(s, x, layer, scale) for scale in range(1, scales + 1)}
        if layer in exits:
            s.classifier(f"exits.layer{layer}", x[scales], classes)
    return s.graph()


def _dense_cell(s: Sketch, x: dict[int, str], layer: int, scale: int) -> str:
    cell = s.cell(f"layer{layer}.scale{scale}", "cell", layer, scale)
    parts = [x[scale]]
    if scale > 1:
        parts.append(_h(s, cell, "diagonal", x[scale - 1], 2))
    parts.append(_h(s, cell, "horizontal", x[scale], 1))
    return s.settle(cell, s.add(cell, cell.id, Concat(), *parts))


def _h(s: Sketch, cell: Cell, name: str, value: str, stride: int) -> str:
    """The bottleneck path of MSDNet."""
    width = min(s.channels(value), 4)
    value = s.chain(cell, f"{cell.id}.{name}", value, *s.conv_bn_relu(value, width, 1), block="h")
    layers = s.conv_bn_relu(value, 3, 3, stride)
    return s.chain(cell, f"{cell.id}.{name}", value, *layers, start=3, block="h")


def residual(blocks: int = 3) -> Graph:
    """A ResNet of basic blocks in equations; the first has a convolution beside it."""
    s = Sketch(name="resnet")
    stem = s.cell("stem", "stem", 0, 1)
    value = s.settle(stem, s.chain(stem, "stem", IMAGE, *s.conv_bn_relu(IMAGE, 4)))
    for number in range(1, blocks + 1):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        value = s.settle(cell, basic(s, cell, cell.id, value, 6))
    s.classifier("exits.end", value)
    return s.graph()


def basic(s: Sketch, cell: Cell, prefix: str, value: str, outputs: int) -> str:
    """`main = conv bn relu conv bn; skip = ..; out = main + skip -> relu`."""
    main = s.chain(cell, f"{prefix}.main", value, *s.conv_bn_relu(value, outputs), block="basic")
    main = s.chain(cell, f"{prefix}.main", main, *s.conv_bn_relu(main, outputs)[:2], start=3, block="basic")
    skip = value
    if s.channels(value) != outputs:
        skip = s.chain(cell, f"{prefix}.skip", value, *s.conv_bn_relu(value, outputs, 1)[:2], block="basic")
    total = s.add(cell, f"{prefix}.out.add", Add(), main, skip, block="basic")
    return s.chain(cell, f"{prefix}.out", total, RELU, block="basic")


def gated() -> Graph:
    """A squeeze-and-excite gate inside a chain, concatenated to what the cell reads; one nested block behind it."""
    s = Sketch(name="gated")
    stem = s.cell("stem", "stem", 0, 1)
    value = s.settle(stem, s.chain(stem, "stem", IMAGE, *s.conv_bn_relu(IMAGE, 4)))
    for number in (1, 2):
        cell = s.cell(f"layer{number}.scale1", "cell", number, 1)
        inner = s.chain(cell, cell.id, value, *s.conv_bn_relu(value, 6))
        gate = s.chain(cell, cell.id, inner, AdaptivePool(1, 1), s.conv(inner, 6, 1, bias=True), start=3)
        gate = s.chain(cell, cell.id, gate, Activation("sigmoid"), start=5)
        inner = s.add(cell, f"{cell.id}.mul", Multiply(), inner, gate)
        inner = s.chain(cell, cell.id, inner, RELU, s.conv(inner, 4, 1), start=6)
        inner = basic(s, cell, f"{cell.id}.8", inner, 4)
        value = s.settle(cell, s.add(cell, cell.id, Concat(), value, inner))
    s.classifier("exits.end", value)
    return s.graph()


def split() -> Graph:
    """Res2Net's halves: `a, b = split(conv, 2); y1 = a conv; y2 = (b + y1) conv; out = [y1, y2, b]`."""
    s = Sketch(name="halves")
    cell = s.cell("layer1.scale1", "cell", 1, 1)
    value = s.chain(cell, f"{cell.id}.a", IMAGE, s.conv(IMAGE, 8), BatchNorm(8), RELU)
    a = s.add(cell, f"{cell.id}.a.split", Slice(0, 4), value)
    b = s.add(cell, f"{cell.id}.a.split2", Slice(4, 8), value)
    y1 = s.chain(cell, f"{cell.id}.y1", a, s.conv(a, 4), RELU)
    total = s.add(cell, f"{cell.id}.y2.add", Add(), b, y1)
    y2 = s.chain(cell, f"{cell.id}.y2", total, s.conv(total, 4), RELU)
    s.settle(cell, s.add(cell, f"{cell.id}.out.concat", Concat(), y1, y2, b))
    pooled = Pool("average", (2, 2), (2, 2), (0, 0))
    s.head("exits.end", f"{cell.id}.out.concat", pooled, Linear(12 * 64, 5))
    return s.graph()
