"""A drawing read back from its SVG: what stands where, and what leads to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree

from msdl.backends.dot import dot
from msdl.drawing.draw import draw
from msdl.drawing.looks import breadth
from msdl.drawing.picture import Picture, View
from msdl.drawing.render import render
from msdl.network.graph import Graph

SVG = "{http://www.w3.org/2000/svg}"
TIP = "{http://www.w3.org/1999/xlink}title"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
# No word's ink is higher than this part of its size above its baseline, or lower than that below it.
ABOVE, BELOW = 0.75, 0.22


@dataclass(frozen=True)
class Rectangle:
    """A rectangle as SVG has it: y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Rectangle) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, other: Rectangle) -> bool:
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True)
class Group:
    """A `<g>` of the drawing: a node, an edge or a band."""

    element: ElementTree.Element

    @cached_property
    def id(self) -> str:
        return self.element.attrib["id"]

    @cached_property
    def classes(self) -> set[str]:
        return set(self.element.attrib["class"].split())

    @property
    def texts(self) -> list[str]:
        return [text.text or "" for text in self.element.iter(f"{SVG}text")]

    @property
    def tooltip(self) -> str:
        return next((link.attrib[TIP] for link in self.element.iter(f"{SVG}a")), "")

    @property
    def rectangle(self) -> Rectangle:
        """Around a box's outline; that of a rounded one touches its sides as well."""
        outlines = (each.get("points") or each.get("d") for each in self.element.iter())
        numbers = [float(found) for found in NUMBER.findall(next(filter(None, outlines)))]
        x, y = numbers[::2], numbers[1::2]
        return Rectangle(min(x), min(y), max(x), max(y))

    @property
    def words(self) -> list[Rectangle]:
        """Around each line of text, in any font."""
        return [_around(text) for text in self.element.iter(f"{SVG}text")]


def _around(text: ElementTree.Element) -> Rectangle:
    x, y, size = (float(text.attrib[name]) for name in ("x", "y", "font-size"))
    wide = breadth(text.text or "", size)
    left = x if text.attrib["text-anchor"] == "start" else x - wide / 2
    return Rectangle(left, y - ABOVE * size, left + wide, y + BELOW * size)


@dataclass(frozen=True)
class Drawing:
    """An SVG with its groups by class."""

    text: str

    @cached_property
    def groups(self) -> list[Group]:
        return [Group(each) for each in ElementTree.fromstring(self.text).iter(f"{SVG}g") if each.get("class")]

    def of(self, *classes: str) -> dict[str, Group]:
        """The groups of all these classes, by id."""
        return {group.id: group for group in self.groups if group.classes >= {*classes}}

    @cached_property
    def boxes(self) -> dict[str, Group]:
        return self.of("node", "cell") | self.of("node", "exit")

    @cached_property
    def connections(self) -> set[tuple[str, ...]]:
        """Source, kind and target of every line, as its id has them."""
        edges = self.of("edge").keys() - self.of("edge", "sample").keys() - self.of("edge", "end").keys()
        return {tuple(id.split("--")) for id in edges}

    @cached_property
    def page(self) -> Rectangle:
        root = ElementTree.fromstring(self.text)
        _, _, width, height = map(float, root.attrib["viewBox"].split())
        return Rectangle(0, -height, width, 0)


def svg(picture: Picture) -> str:
    return render(dot(picture), "svg").decode()


def drawing(graph: Graph, view: View | None = None) -> Drawing:
    return Drawing(svg(draw(graph, view or View())))
