"""What part of the image an exit's map covers, and the map and the masks brought to one size.

A map of FCN's 41 x 41 pixels covers an image of 321 x 321, each with 8 x 8 pixels: it is interpolated to the mask's
size. U-Net's valid convolutions leave 388 x 388 of 572 x 572: of the mask the centre counts (Ronneberger et al. 2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, prod

from torch import Tensor
from torch.nn.functional import interpolate

from msdl.network.graph import Graph, Node
from msdl.network.layers import AdaptivePool, Conv, Deconv, Pool, Resize, Unpool
from msdl.runtime.errors import InputError
from msdl.runtime.maps import View
from msdl.runtime.run import Run

Steps = tuple[Fraction, Fraction]


def views(graph: Graph) -> dict[str, View]:
    """The view of every exit of a checked graph whose exits are maps.

    A map of n pixels, each a step of j pixels of the image, covers n * j of them. Where that is less than a step short
    of the image, the rest was lost in rounding, and the map is about all of it.
    """
    steps = _steps(graph)
    _, *sides = graph.image.extents
    found = {}
    for exit in graph.exits:
        _, *pixels = graph[exit.output].size.extents
        height, width = (
            _covered(n, step, side) for n, step, side in zip(pixels, steps[exit.output], sides, strict=True)
        )
        found[exit.name] = (height, width)
    return found


def _covered(pixels: int, step: Fraction, side: int) -> int:
    covered = pixels * step
    return side if pixels == side or side - covered < step else ceil(covered)


def _steps(graph: Graph) -> dict[str, Steps]:
    """How many pixels of the image, down and across, two neighbours of each node's map are apart."""
    steps: dict[str, Steps] = {}
    for node in graph:
        if not node.inputs:
            steps[node.id] = (Fraction(1), Fraction(1))
            continue
        source = _decisive(graph, node)
        factors = _factors(node, graph[source])
        (down, across), (rows, columns) = steps[source], factors
        steps[node.id] = (down * rows, across * columns)
    return steps


def _decisive(graph: Graph, node: Node) -> str:
    """The input whose places the node keeps: the second of an unpooling, no gate that is spread over a map."""
    if isinstance(node.layer, Unpool):
        return node.inputs[1]
    return max(node.inputs, key=lambda id: prod(graph[id].size.extents[1:]))


def _factors(node: Node, source: Node) -> Steps:
    match node.layer:
        case Conv(stride=(rows, columns)) | Pool(stride=(rows, columns)):
            return Fraction(rows), Fraction(columns)
        case Deconv(stride=(rows, columns)):
            return Fraction(1, rows), Fraction(1, columns)
        case Resize() | AdaptivePool():
            before, after = source.size, node.size
            return Fraction(before.height, after.height), Fraction(before.width, after.width)
        case _:
            return Fraction(1), Fraction(1)


def as_json(views: Mapping[str, View]) -> dict[str, list[int]]:
    return {exit: [*view] for exit, view in views.items()}


def insist_on_labels(run: Run, what: str) -> None:
    """Refuses a run whose exits are maps. Raises InputError."""
    if run.maps is not None:
        raise InputError(f"The exits of '{run.folder}' are maps, a class for every pixel: {what}.")


def fitted(maps: Sequence[Tensor], views: Sequence[View]) -> tuple[Tensor, ...]:
    """Logits (N, C, h, w) as large as their views, one tensor an exit, interpolated as F.interpolate does it."""
    return tuple(
        logits if logits.shape[-2:] == view else interpolate(logits, view, mode="bilinear", align_corners=False)
        for logits, view in zip(maps, views, strict=True)
    )


def centre(masks: Tensor, view: View) -> Tensor:
    """The part (.., h, w) of masks (.., H, W) that a view is about."""
    height, width = view
    top, left = (masks.shape[-2] - height) // 2, (masks.shape[-1] - width) // 2
    return masks[..., top : top + height, left : left + width]
