"""Looks -> TikZ: the colours and styles that a picture uses, by name, where an author changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from msdl.drawing import looks
from msdl.drawing.looks import FADED, Fill, Stroke, color, width
from msdl.drawing.picture import Box, Line, Picture, Sign, State, Swatch

# The heads of arrows: longer by one and a half widths of their line, so that a bold line's are seen.
LENGTH = "length=3bp 1.5, width'=0bp 1"
HEADS = {
    "normal": f"Latex[{LENGTH}]",
    "onormal": f"Latex[{LENGTH}, open]",
    "vee": f"Stealth[{LENGTH}]",
    "odiamond": f"Diamond[{LENGTH}, open]",
}
# The sizes of words and their colours. TeX's own sizes: it would warn of others.
WORDS = {
    "title": (r"\Large", "ink"),
    "caption": (r"\small", "grey"),
    "row": (r"\small", "grey"),
    "column": (r"\footnotesize", "grey"),
    "legend": (r"\footnotesize", "ink"),
    "error": (r"\normalsize", "error"),
    "band": (r"\scriptsize", "grey"),
}
COLORS = {"ink": looks.INK, "grey": looks.GREY, "error": looks.ALARM}
COLORS |= {f"{role} band": fill.inside for role, fill in looks.BANDS.items()}
# Costs are mixed from these two: `dear!40!cheap`.
COSTS = {"cheap": looks.shaded(0), "dear": looks.shaded(1)}
DASHES = {"solid": "solid", "dashed": "dashed", "dotted": "densely dotted"}


def colors(picture: Picture) -> Iterator[str]:
    """A definition for every colour."""
    found = COLORS | (COSTS if any(box.shade is not None for box in picture.boxes) else {})
    found |= {"paper": looks.PAPER} if picture.signs else {}
    found |= {kind: stroke.color for kind, stroke in _strokes(picture).items()}
    found |= {f"{state} line": FADED[state] for state in _faded(picture)}
    for name, fill in _fills(picture).items():
        found |= {f"{name} inside": fill.inside, f"{name} border": fill.border, f"{name} words": fill.words}
    for name, code in found.items():
        yield rf"\definecolor{{{name}}}{{HTML}}{{{code.removeprefix('#').upper()}}}"


def styles(picture: Picture) -> Iterator[str]:
    """A style for every kind of box, line, band, mark and words."""
    yield r"words/.style={inner sep=0bp, outer sep=0bp, execute at begin node=\strut}"
    yield r"box/.style={words, line width=0.8bp, align=center, font=\sffamily\small}"
    yield "size/.style 2 args={minimum width=#1bp, minimum height=#2bp}"
    yield "round box/.style={box, rounded corners=6bp}"
    for name, fill in _fills(picture).items():
        yield f"{name}/.style={{fill={name} inside, draw={name} border, text={name} words, {DASHES[fill.style]}}}"
    for kind, stroke in _strokes(picture).items():
        ink = f"draw={kind}, {DASHES[stroke.style]}, line width={stroke.width}bp"
        yield f"{kind} line/.style={{{ink}, -{{{HEADS[stroke.head]}}}}}"
    for line in _dense(picture):
        yield f"dense {line.kind} line/.style={{{line.kind} line, line width={width(line)}bp, {_opacity(line)}}}"
    yield f"bold line/.style={{line width={looks.BOLD}bp}}"
    yield from (f"{state} line/.style={{draw={state} line, opacity=1}}" for state in _faded(picture))
    yield "sample line/.style={-}"
    if picture.signs:
        yield "map sign/.style={fill=paper, line width=0.7bp}"
    yield "end line/.style={draw=ink, line width=2bp}"
    for kind_of_band, fill in looks.BANDS.items():
        yield f"{kind_of_band} band/.style={{draw=grey, fill={kind_of_band} band, {DASHES[fill.style]}}}"
    for role, (size, colour) in WORDS.items():
        yield f"{role} words/.style={{words, font=\\sffamily{size}, text={colour}}}"


def look(of: Box | Swatch) -> str:
    """The name of a box's style: its state's, or that of exits."""
    return "exit box" if of.role == "exit" and of.state in looks.ALIVE else f"{of.state} box"


def sign_look(sign: Sign) -> str:
    """The name of the style of the box that a sign belongs to."""
    return "exit box" if sign.state in looks.ALIVE else f"{sign.state} box"


def _fills(picture: Picture) -> Mapping[str, Fill]:
    filled: tuple[Box | Swatch, ...] = (*picture.boxes, *picture.swatches)
    signs = {sign_look(sign): looks.EXIT for sign in picture.signs if sign.state in looks.ALIVE}
    return signs | {
        name: looks.EXIT if name == "exit box" else looks.FILLS[of.state] for of in filled if (name := look(of))
    }


def _strokes(picture: Picture) -> Mapping[str, Stroke]:
    kinds = dict.fromkeys(line.kind for line in picture.lines)
    return {kind: looks.STROKES[kind] for kind in kinds}


def _dense(picture: Picture) -> Iterable[Line]:
    """A dense connection of every kind, as it looks when nothing else is to be seen of it."""
    found = {line.kind: line for line in picture.lines if line.dense}
    return [replace(line, sources=(line.source,), state="plain") for line in found.values()]


def _opacity(line: Line) -> str:
    """What the last two of a colour's eight digits say; TeX's colours have six."""
    return f"opacity={int(color(line)[7:] or 'ff', 16) / 255:.2f}"


def _faded(picture: Picture) -> Iterable[State]:
    return dict.fromkeys(line.state for line in picture.lines if line.state in FADED)
