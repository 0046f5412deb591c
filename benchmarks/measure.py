"""What the benchmarks share: a clock, the machine in words, and markdown tables."""

from __future__ import annotations

import gc
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("msdl", "lark", "networkx", "click")


def seconds(work: Callable[[], object]) -> float:
    """CPU time of one run, begun with a clean heap; on an idle machine a clock shows the same."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def machine(*packages: str) -> str:
    """Date, cores, processor and versions, one line."""
    versions = ", ".join(f"{name} {version(name)}" for name in (*PACKAGES, *packages))
    cores = os.cpu_count() or 1
    return f"{date.today()}, {cores} cores of {_processor()}, Python {platform.python_version()}, {versions}"


def _processor() -> str:
    """The processor's family as Linux names it, or the architecture."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A markdown table; the first column is text, the others are numbers."""
    cells = [tuple(headings), *(tuple(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    lines = [_line(row, widths) for row in cells]
    rule = "|".join(
        "-" * (widths[0] + 2) if column == 0 else "-" * (width + 1) + ":" for column, width in enumerate(widths)
    )
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = row
    padded = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
    return f"| {' | '.join(padded)} |"


def put(*paragraphs: str) -> None:
    sys.stdout.write("\n\n".join(paragraphs) + "\n")
