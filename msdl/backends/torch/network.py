"""The class Network: its constructor and its sections, as lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from msdl.backends.origins import harmless
from msdl.backends.torch.classes import Classes
from msdl.backends.torch.forward import Plan, body
from msdl.backends.torch.layout import WIDTH, Doc, Hoist, bracketed, call, flat, lines
from msdl.backends.torch.modules import Modules
from msdl.backends.torch.naming import comments, plain, quoted, snake
from msdl.backends.torch.parts import Flow, Part
from msdl.backends.torch.steps import Access, Read, Step, steps
from msdl.backends.torch.structure import Holder
from msdl.network.graph import IMAGE, Graph
from msdl.network.schedule import Schedule, Section
from msdl.source import Span

EXITS = "exits"
LONGEST_VARIABLE = 20


@dataclass(frozen=True, slots=True)
class Method:
    """A section, as lines."""

    number: int
    about: str
    signature: tuple[str, ...]
    body: tuple[str, ...]


def attributes(graph: Graph, schedule: Schedule) -> Iterator[str]:
    """The lines of the class attributes."""
    names = [quoted(section.exit.name) for section in schedule.sections]
    yield from lines(bracketed(names), 4, "EXITS: tuple[str, ...] = ")
    image = ", ".join(map(str, graph.image.extents))
    yield f"    INPUT: tuple[int, int, int] = ({image})"
    classes = {graph[section.exit.output].size.channels for section in schedule.sections}
    yield f"    CLASSES: int | None = {classes.pop() if len(classes) == 1 else None}"


def constructor(root: Holder, modules: Modules) -> Iterator[str]:
    """The lines that make the modules, each layer under the line of the spec it comes from; the heads come last."""
    said: list[str] = []
    hoist = Hoist()
    parts = [module for module in root.modules if module.part.path != EXITS]
    for module in parts:
        text = comments(_spans(module.part))
        if text != said:
            yield from (f"        {line}" for line in text)
            said = text
        yield from _attribute(module.part.name, modules.doc(module), hoist)
    heads = next((module for module in root.modules if module.part.path == EXITS), None)
    if heads is not None:
        yield from (f"        {line}" for line in comments(_spans(heads.part), most=20))
    inner = modules.dictionary(heads.modules) if isinstance(heads, Holder) else "{}"
    yield from _attribute(EXITS, call("Exits", inner, "self._anytime"), hoist)


def _attribute(name: str, module: Doc, hoist: Hoist) -> Iterator[str]:
    """The lines that set a part of the network."""
    before = len(hoist.taken)
    module = hoist.shallow(module)
    for variable, inner in hoist.taken[before:]:
        yield from lines(inner, 8, f"{variable} = ")
    if plain(name):
        yield from lines(module, 8, f"self.{name} = ")
    else:
        yield from lines(call("self.add_module", quoted(name), module), 8)


def _spans(part: Part) -> list[Span]:
    return list(dict.fromkeys(node.cell.span for node in part.nodes()))


def methods(
    root: Holder, schedule: Schedule, flow: Flow, classes: Classes, holders: Collection[str]
) -> Iterator[Method]:
    """The sections. `holders` are the paths above cells."""
    access = Access(lambda part: _target(part, holders), lambda part: None, classes.arguments, flow.parts)
    made: list[list[Step]] = [[] for _ in schedule.sections]
    for step in steps(root.modules, root.joins, access):
        made[flow.section[step.value]].append(step)
    state: tuple[str, ...] = (IMAGE,)
    for number, (section, members) in enumerate(zip(schedule.sections, made, strict=True), start=1):
        members.sort(key=lambda step: flow.place[step.value])
        yield _method(number, section, members, state, flow)
        state = section.state


def _method(number: int, section: Section, members: Sequence[Step], state: Sequence[str], flow: Flow) -> Method:
    kept = flow.cell_values | set(section.state)
    results = tuple(map(Read, (section.exit.output, *section.state)))
    plan = Plan(members, results, lambda id: _wishes(id, flow), kept.__contains__)
    passes = body(plan, state)
    declared = [f"{name}: Tensor" for name in passes.parameters]
    signature = lines(call(f"section{number}", "self", *declared), 4, "def ", " -> tuple[Tensor, State]:")
    text = [line for name, expression in passes.statements for line in lines(expression, 8, f"{name} = ")]
    if number == 1 and flow.for_inference:
        text.insert(0, "        image = image.contiguous(memory_format=torch.channels_last)")
    logits, *rest = passes.results
    text += _returned([logits, bracketed(rest)] if rest else [logits, "()"])
    return Method(number, _about(section, flow.graph), tuple(signature), tuple(text))


def _returned(pair: Sequence[Doc]) -> list[str]:
    """`return logits, (x1, x2)`, in brackets only where it is too long for a line."""
    line = f"        return {', '.join(map(flat, pair))}"
    return [line] if len(line) <= WIDTH else lines(bracketed(pair), 8, "return ")


def _wishes(id: str, flow: Flow) -> tuple[str, ...]:
    """One variable a scale; other values after what stands behind their cell's id."""
    if id == IMAGE:
        return (id,)
    cell = flow.graph[id].cell
    name = snake(id[len(cell.id) + 1 :] or cell.id)[:LONGEST_VARIABLE].rstrip("_")
    if id in flow.cell_values:
        return f"x{cell.scale}", snake(cell.id)
    return ("logits", name) if id in flow.outputs else (name,)


def _target(part: Part, holders: Collection[str]) -> str:
    """How a section writes a module."""
    words = part.path.split(".")
    if plain(words[0]) and len(words) == 1:
        return f"self.{words[0]}"
    if plain(words[0]) and len(words) == 2 and words[0] in holders:
        return f"self.{words[0]}[{quoted(words[1])}]"
    return f"self.get_submodule({quoted(part.path)})"


def _about(section: Section, graph: Graph) -> str:
    exit, shape = section.exit, graph[section.exit.output].size
    size = "" if shape.flat else f": {' x '.join(map(str, shape.extents))}"
    return f"Up to {harmless(exit.name)}, at layer {exit.layer}, scale {exit.scale}{size}."


def outputs(graph: Graph) -> str:
    """What the outputs of all exits are; of classifiers no more need be said."""
    shapes = {graph[exit.output].size for exit in graph.exits}
    if all(shape.flat for shape in shapes):
        return "The outputs of all exits."
    if len(shapes) == 1:
        extents = ", ".join(map(str, shapes.pop().extents))
        return f"The outputs of all exits, each (batch, {extents})."
    if any(shape.flat for shape in shapes):
        return "The outputs of all exits, (batch, classes) or (batch, C, H, W) each."
    return "The outputs of all exits, each (batch, channels, height, width)."
