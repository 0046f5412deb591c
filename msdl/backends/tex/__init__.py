"""Picture -> TikZ: a document that LaTeX compiles as it is, one line a cell, for an author to edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msdl.backends.tex.escaping import comment, escaped
from msdl.backends.tex.styles import colors, look, sign_look, styles
from msdl.drawing.curves import straight
from msdl.drawing.draw import draw
from msdl.drawing.looks import ALIVE, FADED, LABEL
from msdl.drawing.picture import Band, Box, Line, Mark, Picture, Point, Sign, Swatch, Words
from msdl.drawing.signs import SQUARES
from msdl.network.graph import Graph
from msdl.network.schedule import Schedule

# TeX knows no length above 16,384 pt, and a page in PDF has at most 14,400 bp: wider drawings are made smaller.
WIDEST = 14000.0


def emit(graph: Graph, schedule: Schedule, digest: str, version: str) -> str:
    """The plain drawing of a checked network."""
    made = comment(f"Drawn by msdl {version} from {graph.name} ({digest}).")
    return f"{made}\n{tex(draw(graph))}"


def tex(picture: Picture) -> str:
    """A picture as a LaTeX document of its own size; `\\includegraphics` takes its PDF, or copy the `tikzpicture`."""
    return "\n".join(_document(picture)) + "\n"


def _document(picture: Picture) -> Iterator[str]:
    yield comment(picture.name)
    yield r"\documentclass[tikz]{standalone}"
    yield r"\usetikzlibrary{arrows.meta}"
    yield from colors(picture)
    yield r"\tikzset{"
    yield from (f"  {style}," for style in styles(picture))
    yield "}"
    yield r"\begin{document}"
    yield rf"\begin{{tikzpicture}}[{_unit(picture)}]"
    yield rf"  \useasboundingbox {_at(Point(0, 0))} rectangle {_at(Point(picture.width, picture.height))};"
    yield from _layer("bands", map(_band, picture.bands))
    yield from _layer("connections", map(_line, picture.lines))
    yield from _layer("cells and exits", map(_box, picture.boxes))
    marks = (*map(_mark, picture.marks), *map(_swatch, picture.swatches), *map(_sign, picture.signs))
    yield from _layer("marks", marks)
    yield from _layer("words", map(_words, picture.words))
    yield r"\end{tikzpicture}"
    yield r"\end{document}"


def _unit(picture: Picture) -> str:
    """What 1 means: a PostScript point, or as much of it as the widest drawing leaves."""
    part = min(1.0, WIDEST / max(picture.width, picture.height))
    return "x=1bp, y=1bp" if part == 1 else f"x={part:.4f}bp, y={part:.4f}bp, every node/.style={{scale={part:.4f}}}"


def _layer(name: str, drawn: Iterable[str]) -> Iterator[str]:
    """A scope for what lies on one level: later ones cover earlier ones."""
    if lines := [f"    {each}" for each in drawn]:
        yield from (f"  {comment(name)}", r"  \begin{scope}", *lines, r"  \end{scope}")


def _band(band: Band) -> str:
    label = Point((band.low.x + band.high.x) / 2, band.high.y - LABEL)
    return (
        rf"\draw[{band.role} band] {_at(band.low)} rectangle {_at(band.high)};"
        rf" \node[band words] at {_at(label)} {{{escaped(band.label)}}}; {comment(band.id)}"
    )


def _line(line: Line) -> str:
    style = f"{'dense ' if line.dense else ''}{line.kind} line"
    style += ", bold line" if line.bold else ""
    style += f", {line.state} line" if line.state in FADED else ""
    return rf"\draw[{style}] {_path(line.points)}; {comment(line.tooltip or line.id)}"


def _box(box: Box) -> str:
    style = f"{'round box' if box.role == 'exit' else 'box'}, {_look(box)}"
    name = box.id.replace(".", "-")  # a dot would be an anchor of the node
    written = r"\\".join(map(escaped, box.lines))
    return rf"\node[{style}] ({name}) at {_at(Point(box.x, box.y))} {{{written}}}; {comment(box.tooltip)}"


def _swatch(swatch: Swatch) -> str:
    return rf"\node[box, {_look(swatch)}] at {_at(Point(swatch.x, swatch.y))} {{}};"


def _look(of: Box | Swatch) -> str:
    shown = of.shade is not None and of.state in ALIVE
    shade = f", fill=dear!{_number(100 * (of.shade or 0))}!cheap" if shown else ""
    return f"{look(of)}{shade}, size={{{_number(of.width)}}}{{{_number(of.height)}}}"


def _mark(mark: Mark) -> str:
    style = f"{mark.kind} line, sample line" if mark.kind else "end line"
    style += ", bold line" if mark.bold else ""
    return rf"\draw[{style}] {_at(mark.start)} -- {_at(mark.end)};"


def _sign(sign: Sign) -> str:
    """A square, and the lines that part it."""
    low, high = (
        Point(sign.x - sign.size / 2, sign.y - sign.size / 2),
        Point(sign.x + sign.size / 2, sign.y + sign.size / 2),
    )
    ways = []
    for number in range(1, SQUARES):
        by = sign.size * number / SQUARES
        ways.append(f"{_at(Point(low.x + by, low.y))} -- {_at(Point(low.x + by, high.y))}")
        ways.append(f"{_at(Point(low.x, low.y + by))} -- {_at(Point(high.x, low.y + by))}")
    return rf"\draw[map sign, draw={sign_look(sign)} border] {_at(low)} rectangle {_at(high)} {' '.join(ways)};"


def _words(words: Words) -> str:
    anchor = ", anchor=west" if words.align == "left" else ""
    return rf"\node[{words.role} words{anchor}] at {_at(words.at)} {{{escaped(words.text)}}};"


def _path(points: tuple[Point, ...]) -> str:
    """A straight line as `--`, so that an author can move it; else one `controls` a curve."""
    start, *rest = points
    if points == straight(start, points[-1]):
        return f"{_at(start)} -- {_at(points[-1])}"
    curves = [f" .. controls {_at(a)} and {_at(b)} .. {_at(end)}" for a, b, end in zip(*[iter(rest)] * 3, strict=True)]
    return _at(start) + "".join(curves)


def _at(point: Point) -> str:
    return f"({_number(point.x)}, {_number(point.y)})"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
