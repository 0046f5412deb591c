"""What the commands' texts for people have in common: enumerations, layers, shares, columns, tables, long rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from msdl.cli.output import is_terminal
from msdl.network.layers import Activation, AdaptivePool, BatchNorm, Layer, Pool

MOST_NAMED = 6
# Some environments say that their terminal has no columns.
NARROWEST = 10
POOLS = {"max": "maxpool", "average": "avgpool"}


def enumeration(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; of many the first ones and how many more."""
    shown = [*words] if len(words) <= MOST_NAMED else [*words[:MOST_NAMED], f"{len(words) - MOST_NAMED:,} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)


def word(layer: Layer) -> str:
    """A layer in the words of the language: `conv`, `bn`, `relu`."""
    match layer:
        case Activation(kind):
            return kind
        case Pool(kind):
            return POOLS[kind]
        case AdaptivePool():
            return "pool"
        case BatchNorm():
            return "bn"
        case _:
            return type(layer).__name__.lower()


def percent(share: float) -> str:
    """A share with so many digits that one image of 10,000 shows."""
    return f"{100 * share:.2f} %"


def columns(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines with aligned columns; `sides` has for every column the side it is aligned to, `<` or `>`."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{c:{s}{w}}" for c, s, w in zip(row, sides, widths, strict=True)).rstrip() for row in rows]


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], sides: str) -> str:
    """Aligned columns with their titles, under which is a rule."""
    heading, *lines = columns([titles, *rows], sides)
    return "\n".join([heading, "─" * max(map(len, (heading, *lines))), *lines])


def terminal_width() -> int | None:
    """How many columns the terminal has; none where something else reads what is printed."""
    return max(shutil.get_terminal_size().columns, NARROWEST) if is_terminal(sys.stdout) else None


def wrapped(parts: Sequence[str], indent: int) -> str:
    """Parts in a row; on a terminal that is too narrow in several, the further ones indented."""
    width = terminal_width()
    rows = [parts[0]]
    for part in parts[1:]:
        if width is not None and len(rows[-1]) + 1 + len(part) > width:
            rows.append(" " * indent + part)
        else:
            rows[-1] += f" {part}"
    return "\n".join(rows)
