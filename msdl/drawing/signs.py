"""The sign of exits that are maps: a small grid on the edge of their boxes, left of where lines come in from above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msdl.drawing.picture import Box, Sign
from msdl.network.graph import Exit, Graph

SIZE, ASIDE = 9.0, 13.0
# How many squares a sign has along each side.
SQUARES = 3


def is_map(graph: Graph, exit: Exit) -> bool:
    """Whether an exit puts out a map of more than one pixel."""
    shape = graph[exit.output].shape
    return shape is not None and not shape.flat and shape.height * shape.width > 1


def signs(boxes: Iterable[Box]) -> Iterator[Sign]:
    """The sign of every box of an exit that is a map; it leaves what is written there free."""
    for box in boxes:
        if box.is_map:
            yield Sign(box.id, box.left.x + ASIDE, box.top.y + SIZE / 6, SIZE, box.state)
