"""What the exits of two networks cost, as tables of before, after and change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msdl.cli.cost.counts import DIRECT, LAZY, PARAMETERS, Column, convention
from msdl.cli.wording import columns, terminal_width
from msdl.network.cost import ExitCost

COMPARED = (PARAMETERS, LAZY, DIRECT)

# The cell of an exit, and what it costs in either network, if it is there.
Row = tuple[str, ExitCost | None, ExitCost | None]


def tables(rows: Sequence[Row], exact: bool) -> Iterator[str]:
    """One table, or one a quantity where the terminal is too narrow."""
    whole = _table(rows, exact, COMPARED)
    if (width := terminal_width()) is not None and max(map(len, whole)) > width:
        for column in COMPARED:
            yield from (*_table(rows, exact, [column]), "")
    else:
        yield from (*whole, "")
    yield convention(COMPARED)


def _table(rows: Sequence[Row], exact: bool, compared: Sequence[Column[int]]) -> list[str]:
    titles = [["", "", *(cell for column in compared for cell in (column.name, "", ""))]]
    titles += [["exit", "cell", *("OLD", "NEW", "change") * len(compared)]]
    cells = [
        [_name(old, new), cell, *(shown for column in compared for shown in _cells(column, old, new, exact))]
        for cell, old, new in rows
    ]
    first, second, *others = columns([*titles, *cells], "<<" + ">>>" * len(compared))
    return [first, second, "─" * max(map(len, (second, *others))), *others]


def _name(old: ExitCost | None, new: ExitCost | None) -> str:
    """`exit2`, or `exit3 -> exit2`: its number may have changed."""
    return " -> ".join(dict.fromkeys(exit.name for exit in (old, new) if exit is not None))


def _cells(column: Column[int], old: ExitCost | None, new: ExitCost | None, exact: bool) -> tuple[str, str, str]:
    """Before, after and the change."""
    before, after = ("-" if exit is None else column.cell(exit, exact) for exit in (old, new))
    return before, after, "" if old is None or new is None else _change(column.value(old), column.value(new))


def _change(before: int, after: int) -> str:
    """`=` for none, `+0.0%` for one that rounds to nothing."""
    if before == after:
        return "="
    return f"{(after - before) / before:+.1%}" if before else "new"
