"""Costs as text: a table for a person, JSON, CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msdl.network.cost import Costs, ExitCost
from msdl.quantities import amount, memory

FORMAT_VERSION = 1

CONVENTION = """\
MACs are the multiply-adds of convolutions and linear layers for one image
(batch 1), up to an exit:
  grid    every cell of the layers so far, every classifier so far
  lazy    the cells that the exits so far need, and their classifiers
  direct  the cells that this exit alone needs, and its classifier
Parameters: those of the layers and classifiers so far. Activations: the numbers
that convolutions and linear layers put out lazily so far. State: what is kept
for later exits (float32, one image). Receptive field: of the features that
an exit reads, in pixels of the input."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the tables. `key` is its name in CSV; `title` has a line break where it may be broken."""

    key: str
    title: str
    value: Callable[[ExitCost], int | str]
    shown: Callable[[int], str] = str
    unit: str = ""


COLUMNS = (
    Column("exit", "exit", lambda e: e.name),
    Column("layer", "layer", lambda e: e.layer),
    Column("scale", "scale", lambda e: e.scale),
    Column("channels", "channels", lambda e: e.channels, amount),
    Column("parameters", "para-\nmeters", lambda e: e.parameters, amount),
    Column("macs_grid", "MACs\ngrid", lambda e: e.macs.grid, amount),
    Column("macs_lazy", "MACs\nlazy", lambda e: e.macs.lazy, amount),
    Column("macs_direct", "MACs\ndirect", lambda e: e.macs.direct, amount),
    Column("activations", "acti-\nvations", lambda e: e.activations, amount),
    Column("state_bytes", "state", lambda e: e.state_bytes, memory, " B"),
    Column("receptive_field", "receptive\nfield", lambda e: "x".join(map(str, e.receptive_field))),
)


def _cells(exit: ExitCost, exact: bool, columns: Sequence[Column] = COLUMNS) -> list[str]:
    return [_cell(column, column.value(exit), exact) for column in columns]


def _cell(column: Column, value: int | str, exact: bool) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,}{column.unit}" if exact else column.shown(value)


def _heading(costs: Costs, exact: bool) -> str:
    count = f"{costs.parameters:,}" if exact else amount(costs.parameters)
    return f"{costs.network}: input {costs.input}, {count} parameters"


def human(costs: Costs, exact: bool) -> str:
    """One table, or two where the terminal is too narrow for one."""
    tables = [_table(costs, exact, COLUMNS)]
    if sys.stdout.isatty() and _widest(tables[0]) > shutil.get_terminal_size().columns:
        tables = [_table(costs, exact, columns) for columns in (COLUMNS[:8], (COLUMNS[0], *COLUMNS[8:]))]
    return "\n\n".join([_heading(costs, exact), *tables, CONVENTION]) + "\n"


def _table(costs: Costs, exact: bool, columns: Sequence[Column]) -> str:
    """The numbers in aligned columns. (Loading rich for it would take a fifth of the whole command's time.)"""
    titles = [("\n" + column.title).splitlines()[-2:] for column in columns]
    rows = [[title[line] for title in titles] for line in (0, 1)] + [
        _cells(exit, exact, columns) for exit in costs.exits
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_aligned(row, widths) for row in rows]
    return "\n".join([*lines[:2], "─" * max(map(len, lines)), *lines[2:]])


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)])


def _widest(text: str) -> int:
    return max(map(len, text.splitlines()))


def as_json(costs: Costs, exact: bool) -> str:
    data = {
        "format_version": FORMAT_VERSION,
        "network": costs.network,
        "input": [*costs.input.extents],
        "parameters": costs.parameters,
        "exits": [
            {
                "name": exit.name,
                "layer": exit.layer,
                "scale": exit.scale,
                "channels": exit.channels,
                "parameters": exit.parameters,
                "macs": {"grid": exit.macs.grid, "lazy": exit.macs.lazy, "direct": exit.macs.direct},
                "activations": exit.activations,
                "state_bytes": exit.state_bytes,
                "receptive_field": [*exit.receptive_field],
            }
            for exit in costs.exits
        ],
    }
    return json.dumps(data, indent=2)


def as_csv(costs: Costs, exact: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in COLUMNS)
    writer.writerows([column.value(exit) for column in COLUMNS] for exit in costs.exits)
    return text.getvalue()


def markdown(costs: Costs, exact: bool) -> str:
    rows = [
        [_unbroken(column) for column in COLUMNS],
        ["---", *("---:" for _ in COLUMNS[1:])],
        *(_cells(exit, exact) for exit in costs.exits),
    ]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{_heading(costs, exact)}\n\n{table}\n"


def latex(costs: Costs, exact: bool) -> str:
    """A `tabular` for the package booktabs."""
    rows = [_cells(exit, exact) for exit in costs.exits]
    lines = [
        f"% {_heading(costs, exact)}",
        rf"\begin{{tabular}}{{l{'r' * (len(COLUMNS) - 1)}}}",
        r"\toprule",
        _latex_row([_unbroken(column) for column in COLUMNS]),
        r"\midrule",
        *map(_latex_row, rows),
        r"\bottomrule",
        r"\end{tabular}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: list[str]) -> str:
    return " & ".join(cell.replace("_", r"\_") for cell in cells) + r" \\"


def _unbroken(column: Column) -> str:
    return column.title.replace("-\n", "").replace("\n", " ")


FORMATS: dict[str, Callable[[Costs, bool], str]] = {
    "human": human,
    "json": as_json,
    "csv": as_csv,
    "markdown": markdown,
    "latex": latex,
}
