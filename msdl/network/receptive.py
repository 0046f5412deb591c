"""How much of the input a position of a map depends on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from msdl.network.graph import Graph, Node
from msdl.network.layers import AdaptivePool, Conv, Deconv, Flatten, Linear, Pair, Pool, Resize, Shape, Unpool

Length = int | Fraction
Sides = tuple[Length, Length]


def receptive_fields(graph: Graph) -> dict[str, tuple[int, int]]:
    """Per node the input pixels one position depends on, by the usual recurrence r' = r + (k - 1) j, j' = j s.

    Where a map grows, s is below one: neighbours are less than a pixel of the input apart.
    """
    fields: dict[str, tuple[Sides, Sides]] = {}
    for node in graph:
        if not node.inputs:
            fields[node.id] = ((1, 1), (1, 1))
            continue
        (high, wide), (down, across) = (_largest([fields[source][what] for source in node.inputs]) for what in (0, 1))
        (rows, columns), (vertical, horizontal) = _window(node, graph[node.inputs[0]].size)
        reach = (high + (rows - 1) * down, wide + (columns - 1) * across)
        fields[node.id] = (reach, (down * vertical, across * horizontal))
    return {id: (ceil(high), ceil(wide)) for id, ((high, wide), _) in fields.items()}


def _largest(sides: Sequence[Sides]) -> Sides:
    return max(high for high, _ in sides), max(wide for _, wide in sides)


def _window(node: Node, source: Shape) -> tuple[Pair, Sides]:
    """The window a layer slides over its input and its stride; the whole map for layers that don't slide."""
    match node.layer:
        case Conv(kernel=(high, wide), stride=stride, dilation=dilation):
            return (dilation * (high - 1) + 1, dilation * (wide - 1) + 1), stride
        case Deconv(kernel=(high, wide), stride=(down, across)):
            return (-(-high // down), -(-wide // across)), (Fraction(1, down), Fraction(1, across))
        case Pool(kernel=kernel, stride=stride):
            return kernel, stride
        case Unpool(stride=(down, across)):
            return (1, 1), (Fraction(1, down), Fraction(1, across))
        case Resize(height, width, mode):
            steps = Fraction(source.height, height), Fraction(source.width, width)
            # Bilinear interpolation weighs two neighbours a side, unless it changes nothing.
            rows, columns = (2 if mode == "bilinear" and step != 1 else 1 for step in steps)
            return (min(rows, source.height), min(columns, source.width)), steps
        case Linear() | Flatten():
            return (source.height, source.width), (1, 1)
        case AdaptivePool():
            rows, columns = source.height // node.size.height, source.width // node.size.width
            return (max(rows, 1), max(columns, 1)), (max(rows, 1), max(columns, 1))
        case _:
            return (1, 1), (1, 1)
