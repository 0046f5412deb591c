"""Picture -> DOT, with every place pinned: Graphviz only gives it ink."""

from __future__ import annotations

from graphviz import Digraph

from msdl.backends.dot.writing import inches, label, number, pair, pinned, spline, tooltip
from msdl.drawing.draw import draw
from msdl.drawing.looks import (
    ALARM,
    BANDS,
    BOLD,
    FONT,
    GREY,
    INK,
    LABEL,
    PAPER,
    SIZES,
    STROKES,
    TEXT,
    breadth,
    color,
    edge,
    fill,
    width,
)  # fmt: skip
from msdl.drawing.picture import Band, Box, Line, Mark, Picture, Point, Sign, Swatch, Words
from msdl.drawing.signs import SQUARES
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

WORDS = {"title": INK, "legend": INK, "error": ALARM}
# The smallest dot that Graphviz draws, in points: one in each corner gives the drawing its size.
DOT = 0.72
END = 2.0


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The plain drawing of a checked network."""
    return dot(draw(graph))


def dot(picture: Picture) -> str:
    """A picture in the DOT language, for Graphviz's `neato -n2`, which keeps every place.

    Ids of nodes and edges are those of the boxes and lines, and become the SVG's; classes are their kind and state.
    """
    graph = Digraph(picture.name)
    graph.attr("graph", layout="nop2", bgcolor="white", fontname=FONT, outputorder="edgesfirst", pad="0")
    graph.attr(
        "node", shape="box", fixedsize="true", fontname=FONT, fontsize=number(TEXT), style="filled", penwidth="0.8",
        margin="0",
    )  # fmt: skip
    graph.attr("edge", arrowsize="0.5")
    _corners(graph, picture)
    for band in picture.bands:
        _band(graph, band)
    for nth, words in enumerate(picture.words):
        _words(graph, f"words{nth}", words)
    for nth, swatch in enumerate(picture.swatches):
        _swatch(graph, f"swatch{nth}", swatch)
    for nth, mark in enumerate(picture.marks):
        _mark(graph, f"mark{nth}", mark)
    for line in picture.lines:
        _line(graph, line)
    for box in picture.boxes:
        _box(graph, box)
    for sign in picture.signs:
        _sign(graph, sign)
    source: str = graph.source
    return source


def _corners(graph: Digraph, picture: Picture) -> None:
    half = DOT / 2
    for name, at in (("low", Point(half, half)), ("high", Point(picture.width - half, picture.height - half))):
        graph.node(f" {name}", "", shape="point", style="invis", width=inches(DOT), pos=pinned(at))


def _box(graph: Digraph, box: Box) -> None:
    look = fill(box)
    corners = "rounded," if box.role == "exit" else ""
    graph.node(
        box.id, label("\n".join(box.lines)), id=box.id, pos=pinned(Point(box.x, box.y)), width=inches(box.width),
        height=inches(box.height), fillcolor=look.inside, color=look.border, fontcolor=look.words,
        tooltip=tooltip(box.tooltip), style=f"filled,{corners}{look.style}",
        **{"class": f"{box.role} {box.state}"},
    )  # fmt: skip


def _line(graph: Digraph, line: Line) -> None:
    stroke = STROKES[line.kind]
    kinds = (line.kind, line.state, "bold" if line.bold else "", "dense" if line.dense else "")
    graph.edge(
        line.source, line.target, id=line.id, pos=spline(line.points), tooltip=tooltip(line.tooltip), color=color(line),
        style=stroke.style, penwidth=number(width(line)), arrowhead=stroke.head,
        **{"class": " ".join(filter(None, kinds))},
    )  # fmt: skip


def _band(graph: Digraph, band: Band) -> None:
    """A cluster, since Graphviz draws clusters first, behind all lines."""
    fill = BANDS[band.role]
    at = Point((band.low.x + band.high.x) / 2, band.high.y - LABEL * 0.75)
    with graph.subgraph(name=f"cluster {band.id}") as cluster:
        cluster.attr(
            bb=f"{pair(band.low)},{pair(band.high)}", id=band.id, label=label(band.label), lp=pair(at),
            style=f"filled,{fill.style}", fillcolor=fill.inside, color=fill.border, fontcolor=fill.words,
            fontsize=number(LABEL),
            fontname=FONT, **{"class": f"band {band.role} {band.state}"},
        )  # fmt: skip


def _words(graph: Digraph, id: str, words: Words) -> None:
    """Words that start at a point are set to the left of a box that is wide enough for any font."""
    size = SIZES[words.role]
    wide = breadth(words.text, size)
    left = words.align == "left"
    graph.node(
        f" {id}", label(words.text, "\\l" if left else ""), id=id,
        pos=pinned(Point(words.at.x + (wide / 2 if left else 0), words.at.y)), shape="plaintext", style="",
        fontsize=number(size), width=inches(wide), height=inches(size * 1.6), fontcolor=WORDS.get(words.role, GREY),
        **{"class": f"words {words.role}"},
    )  # fmt: skip


def _swatch(graph: Digraph, id: str, swatch: Swatch) -> None:
    look = fill(swatch)
    graph.node(
        f" {id}", "", id=id, pos=pinned(Point(swatch.x, swatch.y)), width=inches(swatch.width),
        height=inches(swatch.height), fillcolor=look.inside, color=look.border, style=f"filled,{look.style}",
        **{"class": f"swatch {swatch.state}"},
    )  # fmt: skip


def _sign(graph: Digraph, sign: Sign) -> None:
    """A record of records: Graphviz draws the lines between their fields."""
    column = f"{{{'|' * (SQUARES - 1)}}}"
    id = f"{sign.of}.map" if sign.of else "legend.map"
    graph.node(
        f" {id}", "|".join([column] * SQUARES), id=id, shape="record", pos=pinned(Point(sign.x, sign.y)),
        width=inches(sign.size), height=inches(sign.size), fontsize="1", fillcolor=PAPER, color=edge(sign),
        penwidth="0.7",
        **{"class": f"sign {sign.state}" if sign.of else "sign swatch"},
    )  # fmt: skip


def _mark(graph: Digraph, id: str, mark: Mark) -> None:
    """An edge between two nodes that aren't seen."""
    ends = (f" {id} start", f" {id} end")
    for name, point in zip(ends, (mark.start, mark.end), strict=True):
        graph.node(name, "", shape="point", style="invis", width=inches(DOT), pos=pinned(point))
    stroke = STROKES[mark.kind] if mark.kind else None
    graph.edge(
        *ends, id=id, pos=" ".join(map(pair, (mark.start, mark.start, mark.end, mark.end))), arrowhead="none",
        color=stroke.color if stroke else INK, style=stroke.style if stroke else "solid",
        penwidth=number(BOLD if mark.bold else stroke.width if stroke else END), **{"class": mark.role},
    )  # fmt: skip
