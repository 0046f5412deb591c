"""Graphviz's SVG -> the part of it that stands in a page: no tooltips, no legend, colours by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from msdl.backends.html.inks import NAMED, ink
from msdl.drawing.picture import Picture

# The page says these itself.
SAID_ELSEWHERE = frozenset(("title", "caption", "error", "legend", "sample", "swatch"))
MARGIN = 12.0


@dataclass(frozen=True, slots=True)
class Inlined:
    """A drawing as an element of HTML, the colours that occur in it, and the caption that stood in it."""

    markup: str
    colors: tuple[str, ...]
    caption: str


def inlined(svg: str, picture: Picture) -> Inlined:
    """The drawing without what the page says itself, cropped to the rest; every colour is a custom property."""
    root = next(_plain(ElementTree.fromstring(svg)))
    colors: dict[str, None] = {}
    for element in root.iter():
        for paint in ("fill", "stroke"):
            color = element.get(paint, "")
            if color := NAMED.get(color, color if color.startswith("#") else ""):
                colors[color] = None
                element.set(paint, ink(color))
    low, high = _kept(picture)
    root.attrib = {"viewBox": f"0 {low:.2f} {picture.width:.2f} {high - low:.2f}"}
    markup = ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    caption = next((words.text for words in picture.words if words.role == "caption"), "")
    return Inlined(markup, tuple(sorted(colors)), caption)


def _plain(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The element without namespaces; a wrapper that only holds a tooltip gives its children."""
    name = element.tag.rpartition("}")[2]
    kinds = element.get("class", "").split()
    if name == "title" or SAID_ELSEWHERE.intersection(kinds):
        return
    children = [inner for child in element for inner in _plain(child)]
    if name == "a" or (name == "g" and not kinds):
        yield from children
        return
    plain = ElementTree.Element(name, {key: value for key, value in element.items() if not key.startswith("{")})
    plain.text = element.text if name == "text" else None
    plain.extend(children)
    yield plain


def _kept(picture: Picture) -> tuple[float, float]:
    """From where to where, downwards, the drawing goes once its head and its legend are gone."""
    heads = [words.at.y for words in picture.words if words.role in ("title", "caption", "error")]
    legends = [words.at.y for words in picture.words if words.role == "legend"]
    top = picture.height - min(heads, default=picture.height) + MARGIN
    return top, picture.height - max(legends, default=-MARGIN) - MARGIN
