"""Counts and sizes as people read them, with their units."""

from __future__ import annotations


def amount(number: int, exact: bool = False) -> str:
    """A count with its unit: `318`, `25.6K`, `134.10M`, `1.356G`; exactly: `25,612`."""
    if exact:
        return f"{number:,}"
    for size, digits, unit in ((10**9, 3, "G"), (10**6, 2, "M"), (10**3, 1, "K")):
        if number >= size:
            return f"{number / size:.{digits}f}{unit}"
    return str(number)


def memory(number: int, exact: bool = False) -> str:
    """Bytes with their unit: `0`, `512 B`, `48.5 KiB`, `1.2 MiB`; exactly: `49,664 B`."""
    if exact:
        return f"{number:,} B"
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        if number >= 1024**power:
            return f"{number / 1024**power:.1f} {unit}"
    return f"{number} B" if number else "0"
