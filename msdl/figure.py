"""A drawing as Python has it: a notebook shows it, `save` writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from msdl import files
from msdl.diagnostics import SpecError

if TYPE_CHECKING:
    from msdl.backends.html import Compiled
    from msdl.drawing.picture import Picture
    from msdl.network.graph import Graph

# What draws is imported when something is drawn: `msdl draw --help` asks for the formats alone.


@dataclass(frozen=True)
class Figure:
    """The drawing of a compilation, or of what there is of a broken one.

    `exit`, an ordinal from 1 or a name, colours what that exit needs; `order` numbers the cells as the lazy schedule
    computes them; `cost` shades them by their MACs; `dense` draws dense connections each (`all`) or in one bold line
    (`fold`); `detail` opens the blocks (`ops`).
    """

    compilation: Compiled = field(repr=False)
    _: KW_ONLY
    exit: str | int | None = None
    order: bool = False
    cost: bool = False
    dense: Literal["auto", "all", "fold"] = "auto"
    detail: Literal["cells", "ops"] = "cells"

    @cached_property
    def picture(self) -> Picture:
        """The drawing as data.

        Raises SpecError where there is nothing to draw, ValueError for an unknown exit, TooLarge for what nobody could
        read, and Unrendered where `detail` is `ops` and Graphviz is missing, which lays out the cells.
        """
        from msdl.drawing.draw import draw
        from msdl.drawing.ops import draw_ops
        from msdl.drawing.picture import View

        made = self.compilation
        graph = made.network if made.valid else made.graph
        if graph is None:
            raise SpecError(made.diagnostics)
        view = View(self._ordinal(graph), self.order, self.cost, self.dense, self.detail)
        drawn = draw_ops if self.detail == "ops" else draw
        schedule = made.schedule if self.order and made.valid else None
        return drawn(graph, view, schedule, tuple(made.diagnostics))

    def save(self, path: str | Path) -> None:
        """Writes a file; its suffix is one of `FORMATS`. Raises what `picture` does, OSError, and Unrendered."""
        format = Path(path).suffix.removeprefix(".").lower()
        if format not in FORMATS:
            raise ValueError(f"there is no format '{format}'; there is {', '.join(FORMATS)}")
        files.write(Path(path), FORMATS[format](self))

    def _repr_svg_(self) -> str | None:
        """What a notebook shows; None where there is nothing to draw, too much, or nothing that draws."""
        from msdl.drawing.picture import TooLarge
        from msdl.drawing.render import Unrendered

        try:
            return svg(self).decode()
        except (SpecError, TooLarge, Unrendered):
            return None

    def _ordinal(self, graph: Graph) -> int | None:
        """Which exit, from 0, is chosen."""
        from msdl.network.prune import chosen_exit

        if self.exit is None:
            return None
        found = chosen_exit(graph, self.exit)
        if found is None:
            names = ", ".join(exit.name for exit in graph.exits)
            raise ValueError(f"there is no exit '{self.exit}'; the exits are: {names}")
        return graph.exits.index(found)


def svg(figure: Figure) -> bytes:
    return _rendered(figure, "svg")


def _pdf(figure: Figure) -> bytes:
    return _rendered(figure, "pdf")


def _png(figure: Figure) -> bytes:
    return _rendered(figure, "png")


def _rendered(figure: Figure, format: Literal["svg", "pdf", "png"]) -> bytes:
    """By the Graphviz libraries. Raises Unrendered."""
    from msdl.drawing.render import render

    return render(_dot(figure).decode(), format)


def _html(figure: Figure) -> bytes:
    from msdl.backends.html import page

    return page(figure.compilation, figure.picture, svg(figure).decode()).encode()


def _dot(figure: Figure) -> bytes:
    from msdl.backends.dot import dot

    return dot(figure.picture).encode()


def _tex(figure: Figure) -> bytes:
    from msdl.backends.tex import tex

    return tex(figure.picture).encode()


# The suffixes of files, and what makes their content.        <- add a format of drawings here
FORMATS: Mapping[str, Callable[[Figure], bytes]] = MappingProxyType(
    {"svg": svg, "pdf": _pdf, "png": _png, "html": _html, "dot": _dot, "tex": _tex}
)
