"""Costs as text: a table for a person, JSON, CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from msdl.cli import values
from msdl.cli.cost.counts import COLUMNS, Column, convention
from msdl.cli.wording import columns, terminal_width
from msdl.network.cost import Costs
from msdl.quantities import amount


def _heading(costs: Costs, exact: bool) -> str:
    return f"{costs.network}: input {costs.input}, {amount(costs.parameters, exact)} parameters"


def human(costs: Costs, exact: bool) -> str:
    """One table, or two where the terminal is too narrow for one."""
    tables = [_table(costs, exact, COLUMNS)]
    if (width := terminal_width()) is not None and max(map(len, tables[0])) > width:
        tables = [_table(costs, exact, part) for part in (COLUMNS[:8], (COLUMNS[0], *COLUMNS[8:]))]
    parts = [_heading(costs, exact), *map("\n".join, tables), convention(COLUMNS)]
    return "\n\n".join(parts) + "\n"


def _table(costs: Costs, exact: bool, told: Sequence[Column[Any]]) -> list[str]:
    """The numbers in aligned columns. (Loading rich for it would take a fifth of the whole command's time.)"""
    titles = zip(*(("\n" + column.title).splitlines()[-2:] for column in told), strict=True)
    rows = [[column.cell(exit, exact) for column in told] for exit in costs.exits]
    first, second, *others = columns([*titles, *rows], "<" + ">" * (len(told) - 1))
    return [first, second, "─" * max(map(len, (second, *others))), *others]


def as_json(costs: Costs, exact: bool) -> str:
    return values.as_json({**network_data(costs), "exits": [asdict(exit) for exit in costs.exits]})


def network_data(costs: Costs) -> dict[str, Any]:
    return {"network": costs.network, "input": [*costs.input.extents], "parameters": costs.parameters}


def as_csv(costs: Costs, exact: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in COLUMNS)
    writer.writerows([column.value(exit) for column in COLUMNS] for exit in costs.exits)
    return text.getvalue()


def markdown(costs: Costs, exact: bool) -> str:
    rows = [
        [column.name for column in COLUMNS],
        ["---", *("---:" for _ in COLUMNS[1:])],
        *([column.cell(exit, exact) for column in COLUMNS] for exit in costs.exits),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_heading(costs, exact)}\n\n{table}\n"


def latex(costs: Costs, exact: bool) -> str:
    """A `tabular` for the package booktabs."""
    rows = [[column.cell(exit, exact) for column in COLUMNS] for exit in costs.exits]
    lines = [
        f"% {_heading(costs, exact)}",
        rf"\begin{{tabular}}{{l{'r' * (len(COLUMNS) - 1)}}}",
        r"\toprule",
        _latex_row([column.name for column in COLUMNS]),
        r"\midrule",
        *map(_latex_row, rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: list[str]) -> str:
    return " & ".join(cell.replace("_", r"\_") for cell in cells) + r" \\"


FORMATS: dict[str, Callable[[Costs, bool], str]] = {
    "human": human,
    "json": as_json,
    "csv": as_csv,
    "markdown": markdown,
    "latex": latex,
}
