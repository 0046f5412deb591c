"""What the exits of two networks cost, as tables of before, after and change."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

from msdl.cli.wording import columns
from msdl.network.cost import ExitCost
from msdl.quantities import amount

CONVENTION = """\
MACs are the multiply-adds of convolutions and linear layers for one image
(batch 1), up to an exit:
  lazy    the cells that the exits so far need, and their classifiers
  direct  the cells that this exit alone needs, and its classifier
Parameters: those of the layers and classifiers so far."""

Quantities = Mapping[str, Callable[[ExitCost], int]]
QUANTITIES: Quantities = {
    "parameters": lambda exit: exit.parameters,
    "MACs lazy": lambda exit: exit.macs.lazy,
    "MACs direct": lambda exit: exit.macs.direct,
}

# The place of an exit, and what it costs in either network, if it is there.
Row = tuple[str, ExitCost | None, ExitCost | None]


def tables(rows: Sequence[Row], exact: bool) -> Iterator[str]:
    """One table, or one a quantity where the terminal is too narrow."""
    whole = _table(rows, exact, QUANTITIES)
    if sys.stdout.isatty() and max(map(len, whole)) > shutil.get_terminal_size().columns:
        for title, quantity in QUANTITIES.items():
            yield from (*_table(rows, exact, {title: quantity}), "")
    else:
        yield from (*whole, "")
    yield CONVENTION


def _table(rows: Sequence[Row], exact: bool, quantities: Quantities) -> list[str]:
    titles = [["", "", *(cell for title in quantities for cell in (title, "", ""))]]
    titles += [["exit", "place", *("OLD", "NEW", "change") * len(quantities)]]
    cells = [
        [_name(old, new), place, *(cell for of in quantities.values() for cell in _cells(of, old, new, exact))]
        for place, old, new in rows
    ]
    first, second, *others = columns([*titles, *cells], "<<" + ">>>" * len(quantities))
    return [first, second, "─" * max(map(len, (second, *others))), *others]


def _name(old: ExitCost | None, new: ExitCost | None) -> str:
    """`exit2`, or `exit3 -> exit2`: its number may have changed."""
    return " -> ".join(dict.fromkeys(exit.name for exit in (old, new) if exit is not None))


def _cells(
    quantity: Callable[[ExitCost], int], old: ExitCost | None, new: ExitCost | None, exact: bool
) -> tuple[str, str, str]:
    """Before, after and the change: `=` for none, `+0.0%` for one that rounds to nothing."""
    before, after = (None if exit is None else quantity(exit) for exit in (old, new))
    shown = ["-" if number is None else f"{number:,}" if exact else amount(number) for number in (before, after)]
    change = "" if before is None or after is None else _change(before, after)
    return shown[0], shown[1], change


def _change(before: int, after: int) -> str:
    if before == after:
        return "="
    return f"{(after - before) / before:+.1%}" if before else "new"
