"""Values joined: `[a, b]`, `a + b`, `mean(a, b)`, `1 - gate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import islice
from typing import Literal, TypeVar

from msdl.diagnostics import Label, mistake
from msdl.language import syntax as ast
from msdl.language.evaluate import operate
from msdl.language.numbers import Number, Unknown
from msdl.network.builder import Value
from msdl.network.context import Result, Spot
from msdl.network.evaluator import Evaluator
from msdl.network.layers import Add, Affine, Concat, Join, Mean, Multiply, Shape
from msdl.network.shapes import Misfit
from msdl.source import Span

Kind = Literal["concat", "add", "mul", "mean"]
Part = TypeVar("Part")
Made = TypeVar("Made")

JOINS: dict[str, Join] = {"concat": Concat(), "add": Add(), "mul": Multiply(), "mean": Mean()}
MOST_SIDES_SHOWN = 6
VALUE_FUNCTIONS: dict[str, Kind] = {"mean": "mean", "sum": "add"}


def fitted(
    parts: Sequence[Part],
    waits: Sequence[bool],
    make: Callable[[Part, Value | None], Made],
    of: Callable[[Made], Value | None],
    beside: Value | None = None,
) -> list[Made]:
    """The parts of a join, made in their order; those that wait for a size come last, told one that has it.

    `beside` has it where all of them wait.
    """
    if not any(waits):
        return [make(part, None) for part in parts]
    made = {at: make(part, None) for at, part in enumerate(parts) if not waits[at]}
    size = next((value for part in made.values() if (value := of(part)) is not None), beside)
    return [made[at] if at in made else make(part, size) for at, part in enumerate(parts)]


def values(chains: Evaluator, items: Sequence[ast.Expression], spot: Spot) -> tuple[Value, ...]:
    """The values of several expressions on the same flow, tuples flattened."""

    def make(item: ast.Expression, size: Value | None) -> tuple[Value, ...]:
        result = chains.attempt(chains.evaluate, item, spot.inside.among(size))
        return result if isinstance(result, tuple) else (chains.one(result, item, spot),)

    waits = [chains.fits(item, spot.context.blocks) for item in items]
    return tuple(value for each in fitted(items, waits, make, lambda made: made[0]) for value in each)


def joined(chains: Evaluator, kind: Kind, parts: tuple[Value, ...], spot: Spot, span: Span) -> Value:
    """Several values as one; one stays as it is."""
    return parts[0] if len(parts) == 1 else join(chains, spot.trail.join(kind), JOINS[kind], parts, spot, span)


def join(chains: Evaluator, id: str, layer: Join, parts: tuple[Value, ...], spot: Spot, span: Span) -> Value:
    """A node that joins values; broken, and reported, where their shapes don't fit."""
    try:
        return chains.builder.add(id, layer, parts, spot.cell, span, spot.block)
    except Misfit as misfit:
        remedy = _remedy(layer, [part.shape for part in parts])
        report(chains, misfit, span, spot, remedy, *_sides(chains, _unlike(layer, parts), span))
        return chains.builder.broken(id, parts, spot.cell, span)


def _unlike(layer: Join, parts: Sequence[Value]) -> list[Value]:
    """The first part, and those that are not of its shape; where channels are concatenated, not of its size."""

    def compared(part: Value) -> object:
        return part.shape[1:] if isinstance(layer, Concat) and part.shape is not None else part.shape

    others = (part for part in parts[1:] if compared(part) != compared(parts[0]))
    return [parts[0], *islice(others, MOST_SIDES_SHOWN)]


def _sides(chains: Evaluator, parts: Sequence[Value], span: Span) -> list[Label]:
    """Where every part comes from, with its shape; parts of one rule, as of `from j`, are told apart by their ids."""
    spans = [chains.builder.node(part.id).span for part in parts]
    return [
        Label(here, f"{part.shape} comes from here" if spans.count(here) == 1 else f"{part.id} is {part.shape}")
        for part, here in zip(parts, spans, strict=True)
        if here != span
    ]


def _remedy(layer: Join, shapes: Sequence[Shape | None]) -> str:
    """What brings maps of different sizes together, where that is all that parts them."""
    channels = {None if shape is None or shape.flat else shape.channels for shape in shapes}
    alike = isinstance(layer, Concat) or len(channels) == 1
    return (
        "`crop`, `fit` or `resize(..)` on one of them gives it the other's size"
        if alike and None not in channels
        else ""
    )


def report(chains: Evaluator, misfit: Misfit, span: Span, spot: Spot, help: str, *labels: Label) -> None:
    """Says what doesn't fit, and where in the network that is."""
    message = f"{str(misfit)[0].upper()}{str(misfit)[1:]}{spot.context.place}."
    chains.findings.add(spot.context.explain(mistake(misfit.code, message, span, "", help, *labels).diagnostic))


# Arithmetic


def arithmetic(chains: Evaluator, expression: ast.Arithmetic, spot: Spot) -> Result:
    """Numbers are computed; feature maps are added, subtracted and multiplied, by numbers too."""
    sides = (expression.first, *(side for _, side in expression.rest))
    signs = [sign for sign, _ in expression.rest]
    waits = [chains.fits(side, spot.context.blocks) for side in sides]

    def make(side: ast.Expression, size: Value | None) -> Result:
        return chains.attempt(chains.evaluate, side, spot.inside.among(size))

    results = fitted(sides, waits, make, _size)
    if all(isinstance(result, int | Fraction | Unknown) for result in results):
        return _computed(
            [result for result in results if not isinstance(result, Value | tuple)], signs, expression.span
        )
    terms = [
        result if isinstance(result, int | Fraction) else chains.one(result, side, spot)
        for result, side in zip(results, sides, strict=True)
    ]
    if "/" in signs or "%" in signs:
        found = " and ".join(f"'{sign}'" for sign in dict.fromkeys(signs) if sign in "/%")
        message = f"Feature maps are added, subtracted and multiplied, but here {found} stands."
        raise mistake("MSD402", message, expression.span)
    if signs[0] == "*":
        return _product(chains, terms, spot, expression.span)
    signed = [(term, sign, side.span) for term, sign, side in zip(terms, ["+", *signs], sides, strict=True)]
    return _sum(chains, signed, spot, expression.span)


def _size(result: Result) -> Value | None:
    """What gives the sides that wait their size; a number does not."""
    return result if isinstance(result, Value) else None


def _computed(numbers: list[Number], signs: list[str], span: Span) -> Number:
    total = numbers[0]
    for sign, operand in zip(signs, numbers[1:], strict=True):
        total = operate(sign, total, operand, span)
    return total


def _product(chains: Evaluator, terms: list[int | Fraction | Value], spot: Spot, span: Span) -> Value:
    """`a * b`, and `0.1 * a`."""
    scale: Number = 1
    for term in terms:
        if not isinstance(term, Value):
            scale = operate("*", scale, term, span)
    product = joined(chains, "mul", tuple(term for term in terms if isinstance(term, Value)), spot, span)
    return affine(chains, product, scale, 0, spot, span)


def _sum(chains: Evaluator, terms: list[tuple[int | Fraction | Value, str, Span]], spot: Spot, span: Span) -> Value:
    """`a + b`, `a - b`, `1 - a`; a term with its sign and its place."""
    shift: Number = 0
    parts: list[tuple[Value, int, Span]] = []
    for term, sign, place in terms:
        if isinstance(term, Value):
            parts.append((term, 1 if sign == "+" else -1, place))
        else:
            shift = operate(sign, shift, term, span)
    if len(parts) == 1:
        value, scale, _ = parts[0]
        return affine(chains, value, scale, shift, spot, span)
    signed = tuple(affine(chains, value, scale, 0, spot, place) for value, scale, place in parts)
    return affine(chains, joined(chains, "add", signed, spot, span), 1, shift, spot, span)


def affine(chains: Evaluator, value: Value, scale: Number, shift: Number, spot: Spot, span: Span) -> Value:
    """`scale * value + shift`; the value itself where that changes nothing."""
    if (scale, shift) == (1, 0):
        return value
    id = spot.trail.join("affine")
    if isinstance(scale, Unknown) or isinstance(shift, Unknown):
        return chains.builder.broken(id, [value], spot.cell, span)
    return chains.builder.add(id, Affine(float(scale), float(shift)), [value], spot.cell, span, spot.block)
