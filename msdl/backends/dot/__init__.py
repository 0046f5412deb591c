"""Picture -> DOT, with every place pinned: Graphviz only gives it ink."""

from __future__ import annotations

from graphviz import Digraph, escape

from msdl.drawing.curves import shortened
from msdl.drawing.draw import draw
from msdl.drawing.looks import BOLD, EXIT, FAINT, FILLS, FONT, GREY, INK, STROKES, Fill, shaded
from msdl.drawing.picture import Band, Box, Line, Mark, Picture, Point, Words
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

SIZES = {"title": 15, "caption": 10, "row": 10, "column": 9, "legend": 9, "error": 12}
INCH = 72
# The width of Helvetica's letters in units of its size, by which words that start at a point are placed.
LETTER = 0.62


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The plain drawing of a checked network."""
    return dot(draw(graph))


def dot(picture: Picture) -> str:
    """A picture in the DOT language, for Graphviz's `neato -n2`, which keeps every place.

    Ids of nodes and edges are those of the boxes and lines, and become the SVG's; classes are their kind and state.
    """
    graph = Digraph(picture.name)
    corners = f"0,0,{_number(picture.width)},{_number(picture.height)}"
    graph.attr("graph", bb=corners, bgcolor="white", fontname=FONT, outputorder="edgesfirst", pad="0")
    graph.attr(
        "node", shape="box", fixedsize="true", fontname=FONT, fontsize="9", style="filled", penwidth="0.8", margin="0"
    )
    graph.attr("edge", arrowsize="0.5")
    for number, (name, at) in enumerate((("low", Point(0, 0)), ("high", Point(picture.width, picture.height)))):
        graph.node(f" {name}", "", shape="point", style="invis", width="0.01", pos=_pinned(at), id=f"corner{number}")
    for band in picture.bands:
        _band(graph, band)
    for words in picture.words:
        _words(graph, words)
    for mark in picture.marks:
        _mark(graph, mark)
    for line in picture.lines:
        _line(graph, line)
    for box in picture.boxes:
        _box(graph, box)
    source: str = graph.source
    return source


def _box(graph: Digraph, box: Box) -> None:
    fill: Fill = EXIT if box.role == "exit" and box.state == "plain" else FILLS[box.state]
    inside = fill.inside if box.shade is None else shaded(box.shade)
    graph.node(
        box.id, escape("\n".join(box.lines)), id=box.id, pos=_pinned(Point(box.x, box.y)),
        width=_number(box.width / INCH), height=_number(box.height / INCH), fillcolor=inside, color=fill.border,
        fontcolor=fill.words, tooltip=escape(box.tooltip),
        style=f"filled,rounded,{fill.style}" if box.role == "exit" else f"filled,{fill.style}",
        **{"class": f"{box.role} {box.state}"},
    )  # fmt: skip


def _line(graph: Digraph, line: Line) -> None:
    stroke = STROKES[line.kind]
    graph.edge(
        line.source, line.target, id=line.id, pos=_spline(line.points), tooltip=escape(line.tooltip),
        color=FAINT if line.state == "skipped" else stroke.color, style=stroke.style,
        penwidth=_number(BOLD if line.bold else stroke.width), arrowhead=stroke.head,
        **{"class": f"{line.kind} {line.state}{' bold' if line.bold else ''}"},
    )  # fmt: skip


def _band(graph: Digraph, band: Band) -> None:
    """A cluster, since Graphviz draws clusters first, behind all lines."""
    corners = ",".join(map(_pair, (band.low, band.high)))
    label = Point((band.low.x + band.high.x) / 2, band.high.y - 6)
    with graph.subgraph(name=f"cluster {band.id}") as cluster:
        cluster.attr(
            bb=corners, id=band.id, label=escape(band.label), lp=_pair(label), style="filled,dashed",
            fillcolor="#fdf6e3", color=GREY, fontcolor=GREY, fontsize="8", fontname=FONT,
            **{"class": f"band {band.role}"},
        )  # fmt: skip


def _words(graph: Digraph, words: Words) -> None:
    size = SIZES[words.role]
    width = max(len(words.text) * size * LETTER, 1)
    x = words.at.x + width / 2 if words.align == "left" else words.at.x
    graph.node(
        f" {words.role} {words.text}", escape(words.text), pos=_pinned(Point(x, words.at.y)), shape="plaintext",
        style="", fontsize=str(size), width=_number(width / INCH), height=_number(size * 1.6 / INCH),
        fontcolor="#c00000" if words.role == "error" else INK if words.role in ("title", "legend") else GREY,
        **{"class": f"words {words.role}"},
    )  # fmt: skip


def _mark(graph: Digraph, mark: Mark) -> None:
    stroke = STROKES[mark.kind] if mark.kind else None
    ends = [f" {mark.role} {_pair(point)}" for point in (mark.start, mark.end)]
    for name, point in zip(ends, (mark.start, mark.end), strict=True):
        graph.node(name, "", shape="point", style="invis", width="0.01", pos=_pinned(point))
    path = (mark.start, mark.start, mark.end, mark.end)
    graph.edge(
        *ends, pos=" ".join(map(_pair, path)), arrowhead="none", color=stroke.color if stroke else INK,
        style=stroke.style if stroke else "solid",
        penwidth=_number(BOLD if mark.bold else stroke.width if stroke else 2), **{"class": mark.role},
    )  # fmt: skip


def _spline(points: tuple[Point, ...]) -> str:
    """An edge's curve: the tip of its arrow, then a start and three points for each piece."""
    return " ".join([f"e,{_pair(points[-1])}", *map(_pair, shortened(points))])


def _pinned(point: Point) -> str:
    return f"{_pair(point)}!"


def _pair(point: Point) -> str:
    return f"{_number(point.x)},{_number(point.y)}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
