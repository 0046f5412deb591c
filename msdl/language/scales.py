"""`scales`: the columns of numbers, one value a scale."""

from __future__ import annotations

from collections.abc import Mapping

from msdl.diagnostics import Findings, Label
from msdl.language import syntax as ast
from msdl.language.evaluate import Known, number, whole
from msdl.language.imports import declare
from msdl.language.numbers import UNKNOWN, Number
from msdl.language.spec import Scales
from msdl.source import Span

MOST_SCALES = 1_000
# Columns that mean something to `stages`, and so may be called like a parameter.
OF_STAGES = frozenset({"ratio", "depth"})

Columns = Mapping[str, tuple[Number, ...]]


def read_scales(
    statement: ast.Scales | None,
    numbers: Mapping[str, Number],
    places: dict[str, Span],
    where: Span,
    findings: Findings,
) -> Scales:
    """The scales and their columns; one scale where the network says nothing."""
    if statement is None:
        return Scales(1, _with_ratio(1, {}), {}, where)
    count = findings.attempt(_count, statement, numbers)
    if not isinstance(count, int):
        names = {column.name.text: (UNKNOWN,) for column in statement.columns}
        return Scales(1, _with_ratio(1, names), {}, statement.span)
    columns: dict[str, tuple[Number, ...]] = {}
    for column in statement.columns:
        name = column.name.text
        if name not in OF_STAGES:
            findings.attempt(declare, column.name, places)
        elif name in columns:
            findings.error("MSD205", f"'{name}' is declared twice.", column.name.span, "again here")
        columns[name] = _column(column, count, statement, numbers, _with_ratio(count, columns), findings)
    spans = {column.name.text: tuple(part.span for part in _formulas(column, count)) for column in statement.columns}
    return Scales(count, _with_ratio(count, columns), spans, statement.span)


def _count(statement: ast.Scales, numbers: Mapping[str, Number]) -> object:
    value = number(statement.count, Known(numbers))
    return whole(value, statement.count.span, "The number of scales", most=MOST_SCALES)


def _with_ratio(count: int, columns: Columns) -> Columns:
    """The columns, with `ratio` 1, 2, 2, .. unless the spec has its own."""
    return {"ratio": (1, *[2] * (count - 1)), **columns}


def _formulas(column: ast.Column, count: int) -> tuple[ast.Expression, ...]:
    """What a column says of each scale: one formula may stand for all."""
    return column.values if len(column.values) == count else column.values[:1] * count


def _column(
    column: ast.Column,
    count: int,
    statement: ast.Scales,
    numbers: Mapping[str, Number],
    columns: Columns,
    findings: Findings,
) -> tuple[Number, ...]:
    values = column.values
    if len(values) not in (1, count):
        findings.error(
            "MSD305",
            f"Column '{column.name.text}' has {len(values)} values for {count} scales.",
            values[0].span.to(values[-1].span),
            f"expected {count} values, or one formula in `s`; found {len(values)}",
            "",
            Label(statement.count.span, f"{count} scales are declared here"),
        )
        return (UNKNOWN,) * count
    formulas = _formulas(column, count)
    found = (
        findings.attempt(number, formula, Known(numbers, columns, scale))
        for scale, formula in enumerate(formulas, start=1)
    )
    return tuple(UNKNOWN if value is None else value for value in found)
