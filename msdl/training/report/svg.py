"""matplotlib's SVG -> an element of a page whose content policy allows no style but the page's own.

<path style="fill: #1d2329" ..>  ->  <path fill="var(--ink-1d2329)" ..>
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from msdl.backends.html.inks import ink

DROPPED = ("metadata", "style")
LEFT_TO_THE_PAGE = ("font-family", "font-style")
PAINTS = ("fill", "stroke")
NUMBER = re.compile(r"-?\d+\.\d+")
REFERENCE = re.compile(r"#([\w.-]+)")


@dataclass(frozen=True)
class Plot:
    """A plot as an element of HTML, and the colours that occur in it, which the page gives by name."""

    markup: str
    colors: tuple[str, ...]


def inline(figure: Figure, name: str, about: str) -> Plot:
    """`name`, unlike that of any other plot of the page, begins its ids; `about` says in words what is seen."""
    written = io.BytesIO()
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    root = next(_plain(ElementTree.fromstring(written.getvalue())))
    colors: dict[str, None] = {}
    for element in root.iter():
        _without_style(element)
        for paint in PAINTS:
            if (color := element.get(paint, "")).startswith("#"):
                colors[color] = None
                element.set(paint, ink(color))
    _rename(root, name)
    root.attrib = {"viewBox": root.attrib["viewBox"], "role": "img", "aria-label": about}
    return Plot(ElementTree.tostring(root, encoding="unicode"), tuple(colors))


def _plain(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The element without namespaces, which HTML needs none of, and without what is about the file."""
    tag = element.tag.rpartition("}")[2]
    if tag in DROPPED:
        return
    copy = ElementTree.Element(tag, {key.rpartition("}")[2]: _short(value) for key, value in element.items()})
    copy.text = (element.text or "").strip()
    for child in element:
        copy.extend(_plain(child))
    yield copy


def _short(value: str) -> str:
    """Numbers to a hundredth of a point, in one line."""
    return NUMBER.sub(lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), " ".join(value.split()))


def _without_style(element: ElementTree.Element) -> None:
    for rule in filter(None, element.attrib.pop("style", "").split(";")):
        key, value = (part.strip() for part in rule.split(":"))
        if key not in LEFT_TO_THE_PAGE:
            element.set(key, value)
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]


def _rename(root: ElementTree.Element, name: str) -> None:
    """Ids that something refers to become the plot's own; the others go."""
    values = [(element, key, value) for element in root.iter() for key, value in element.items() if key != "id"]
    used = {found for _, key, value in values if key == "href" or "url(" in value for found in REFERENCE.findall(value)}
    for element, key, value in values:
        if key == "href" or "url(" in value:
            element.set(key, REFERENCE.sub(rf"#{name}-\1", value))
    for element in root.iter():
        if (old := element.attrib.pop("id", None)) in used:
            element.set("id", f"{name}-{old}")
