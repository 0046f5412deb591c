"""Values in the DOT language: numbers, places, curves, and texts that stay what they are."""

from __future__ import annotations

from graphviz import nohtml

from msdl.drawing.curves import shortened
from msdl.drawing.picture import Point

INCH = 72
# Tooltips hold messages, and these what a spec says.
LONGEST = 400
# Graphviz reads entities, and then commands such as `\N`, the node's name: once in a label, twice in a tooltip.
IN_LABELS = str.maketrans({"&": "&amp;", '"': "&quot;", "\\": "\\" * 2})
IN_TOOLTIPS = str.maketrans({"&": "&amp;", '"': "&quot;", "\\": "\\" * 4})
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def label(text: str, end: str = "") -> str:
    """A text as a label, no sign of it taken for a command, an entity or HTML; `end` is a command of ours."""
    written: str = nohtml(_printable(text).translate(IN_LABELS) + end)
    return written


def tooltip(text: str) -> str:
    """A text as a tooltip, likewise."""
    written: str = nohtml(_printable(text).translate(IN_TOOLTIPS))
    return written


def _printable(text: str) -> str:
    """Control characters can't stand in XML, whose parsers would refuse the whole drawing."""
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "".join(sign if sign.isprintable() or sign == "\n" else REPLACEMENT for sign in text)


def spline(points: tuple[Point, ...]) -> str:
    """An edge's curve: the tip of its arrow, then a start and three points for each piece."""
    return " ".join([f"e,{pair(points[-1])}", *map(pair, shortened(points))])


def pinned(point: Point) -> str:
    return f"{pair(point)}!"


def pair(point: Point) -> str:
    return f"{number(point.x)},{number(point.y)}"


def inches(points: float) -> str:
    """A length as nodes have it."""
    return f"{points / INCH:.4f}".rstrip("0").rstrip(".")


def number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")
