"""Why a chain doesn't fit its map: how large the map would have to be, and for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from msdl.diagnostics import Diagnostic, Label, Mistake, mistake
from msdl.language import syntax as ast
from msdl.network.builder import Trail, Value
from msdl.network.context import Spot
from msdl.network.evaluator import Evaluator, Misplaced
from msdl.network.graph import IMAGE, Cell
from msdl.network.layers import Conv, Layer, Pool

COUNTS = ("no", "one", "two", "three", "four", "five", "six")
# What begins with a vowel's sound: an unpadded convolution, an 8x8 pool.
VOWELS = ("a", "e", "i", "o", "u", "8", "11x", "18x")
# How far to look for the map a chain would need; beyond, the message says less.
LARGEST_MAP_TRIED = 130
MOST_WORK_TRIED = 2_000


def too_small(
    found: Misplaced, expression: ast.Expression, spot: Spot, origin: Label, trial: Callable[[], Evaluator]
) -> Diagnostic:
    """A map too small for a chain, with the size that the whole chain needs; `trial` makes evaluators to find it by.

    `scale 3 at layer 7 is 2x2; the classifier needs at least 5x5 for two stride-2 convolutions and a 2x2 pool`.
    """
    text = str(found.misfit)
    message = f"{text.capitalize()}{spot.context.place}."
    needed = _needed(expression, spot, trial)
    if spot.flow.shape is not None and needed is not None:
        size, what = needed
        arrives = "The input" if spot.flow.id == IMAGE else f"Scale {spot.cell.scale} at layer {spot.cell.layer}"
        message = f"{arrives} is {spot.flow.shape.map}; the {_role(spot.cell)} needs at least {size}x{size}{what}."
    return found.context.explain(mistake(found.misfit.code, message, found.span, text, "", origin).diagnostic)


def _needed(expression: ast.Expression, spot: Spot, trial: Callable[[], Evaluator]) -> tuple[int, str] | None:
    """The least side of a square map that the chain takes, found by trying, and what in it asks for that much."""
    shape = spot.flow.shape
    if shape is None:
        return None
    for size in range(min(shape.height, shape.width) + 1, LARGEST_MAP_TRIED):
        tried = trial()
        source = Value(spot.flow.id, shape._replace(height=size, width=size))
        try:
            context = replace(spot.context, input=source)
            tried.evaluate(expression, Spot(source, context, Trail("trial", spot.cell), sole=True))
        except Mistake:
            return None
        if len(tried.builder.nodes) > MOST_WORK_TRIED or tried.findings:
            return None
        if not tried.misfits:
            what = demands(node.layer for node in tried.builder)
            return size, f" for {what}" if what else ""
    return None


def _role(cell: Cell) -> str:
    """What a chain is called in a message."""
    match cell.role:
        case "exit":
            return "classifier"
        case "cell":
            return "layer" if cell.layer else "vertical path"
        case role:
            return role


def demands(layers: Iterable[Layer]) -> str:
    """What shrinks a map, in words: `two stride-2 convolutions and a 2x2 pool`."""
    found = Counter(demand for layer in layers if (demand := _demand(layer)) is not None)
    words = [_in_words(count, noun) for noun, count in found.items()]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _demand(layer: Layer) -> str | None:
    match layer:
        case Conv(stride=stride) if max(stride) > 1:
            return f"stride-{max(stride)} convolution"
        case Conv(kernel=kernel, padding=padding) if any(
            side > 2 * pad + 1 for side, pad in zip(kernel, padding, strict=True)
        ):
            return f"unpadded {kernel[0]}x{kernel[1]} convolution"
        case Pool(kernel=kernel) if max(kernel) > 1:
            return f"{kernel[0]}x{kernel[1]} pool"
        case _:
            return None


def _in_words(count: int, noun: str) -> str:
    """`a 2x2 pool`, `two 2x2 pools`."""
    if count == 1:
        return f"{'an' if noun.startswith(VOWELS) else 'a'} {noun}"
    return f"{COUNTS[count] if count < len(COUNTS) else count} {noun}s"
