"""The tree that node ids spell, and where each value is read: what the generated module's own tree is cut from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from msdl.network.graph import Graph, Node
from msdl.network.layers import Add, Affine, Concat, Image, Mean, Multiply, Slice, Unpool
from msdl.network.schedule import Schedule


@dataclass(slots=True)
class Part:
    """A prefix of node ids: a layer of the network, a cell, a path, an equation, or a single node."""

    path: str
    node: Node | None = None
    children: dict[str, Part] = field(default_factory=dict)
    has_modules: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def parts(self) -> list[Part]:
        """The children, numbered ones in order of their numbers."""
        numbered = sorted((name for name in self.children if name.isdigit()), key=int)
        return [self.children[name] for name in dict.fromkeys([*numbered, *self.children])]

    @property
    def modules(self) -> list[Part]:
        return [part for part in self.parts if part.has_modules]

    def nodes(self) -> Iterator[Node]:
        if self.node is not None:
            yield self.node
        for part in self.children.values():
            yield from part.nodes()


def is_join(node: Node) -> bool:
    """Whether a node is an expression of the forward pass; others are modules."""
    return isinstance(node.layer, Concat | Add | Multiply | Mean | Slice | Affine | Unpool)


@dataclass(frozen=True)
class Flow:
    """Where values are made and read, in a schedule.

    `place` is a node's number in the schedule, `section` its section's; `uses` tells who reads a value, once for every
    time; `outputs` are the values that exits put out; `leaving` maps a part's path to the values read outside of it.
    `for_inference` tells that no gradient is ever taken.
    """

    graph: Graph
    place: dict[str, int]
    section: dict[str, int]
    uses: dict[str, list[str]]
    outputs: frozenset[str]
    cell_values: frozenset[str]
    leaving: dict[str, list[str]]
    for_inference: bool = False

    @classmethod
    def of(cls, graph: Graph, schedule: Schedule, for_inference: bool = False) -> Flow:
        section = {id: number for number, section in enumerate(schedule.sections) for id in section.nodes}
        place = {id: number for number, id in enumerate(section)}
        uses: dict[str, list[str]] = defaultdict(list)
        for id in section:
            for source in graph[id].inputs:
                uses[source].append(id)
        outputs = frozenset(section.exit.output for section in schedule.sections)
        leaving: dict[str, list[str]] = defaultdict(list)
        for id in section:
            for path in _left(id, uses[id], id in outputs):
                leaving[path].append(id)
        heads = {exit.cell.id for exit in graph.exits}
        values = frozenset(id for cell, id in graph.outputs.items() if cell not in heads)
        return cls(graph, place, section, uses, outputs, values, leaving, for_inference)

    def sources(self, part: Part) -> list[str]:
        """The values from outside that a part reads, each once."""
        inside = f"{part.path}."
        nodes = sorted(part.nodes(), key=lambda node: self.place[node.id])
        read = dict.fromkeys(source for node in nodes for source in node.inputs)
        return [id for id in read if id != part.path and not id.startswith(inside)]

    def output(self, part: Part) -> str | None:
        """The one value that a part gives to the rest; None where it can't be computed as a whole."""
        values = self.leaving[part.path]
        if len(values) != 1 or len({self.section[node.id] for node in part.nodes()}) != 1:
            return None
        return values[0]

    def parts(self, node: Node) -> int:
        """How many slices cut all that a slice reads into parts as large as it is; 0 where they don't."""
        assert isinstance(node.layer, Slice)
        (source,) = node.inputs
        size, whole = node.layer.stop - node.layer.start, self.graph[source].size.channels
        layers = {self.graph[id].layer for id in self.uses[source]}
        alike = {Slice(start, start + size) for start in range(0, whole, size)}
        return len(alike) if size < whole and whole % size == 0 and alike <= layers else 0


def _left(id: str, readers: list[str], is_output: bool) -> Iterator[str]:
    """The paths of the parts that a value leaves."""
    words = id.split(".")
    shared = 0 if is_output else min((_common(words, reader.split(".")) for reader in readers), default=0)
    for length in range(shared + 1, len(words) + 1):
        yield ".".join(words[:length])


def _common(a: list[str], b: list[str]) -> int:
    for length, (x, y) in enumerate(zip(a, b, strict=False)):
        if x != y:
            return length
    return min(len(a), len(b))


def tree(graph: Graph, flow: Flow) -> Part:
    """The parts of a network, in the order of its graph; what no section computes is left out."""
    root = Part("", has_modules=True)
    for node in graph:
        if node.id in flow.section and not isinstance(node.layer, Image):
            _grow(root, node)
    return root


def _grow(root: Part, node: Node) -> None:
    part, path = root, ""
    for word in node.id.split("."):
        path = f"{path}.{word}" if path else word
        part = part.children.setdefault(word, Part(path))
        part.has_modules |= not is_join(node)
    part.node = node
