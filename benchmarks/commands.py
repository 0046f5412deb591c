"""How long whole commands take, beside an interpreter that does nothing.

    python benchmarks/commands.py

Commands take turns, so that a busy machine slows all of them. CPU time is what the process and its system calls took;
on an idle machine the clock shows hardly more.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from measure import machine, put, table

REPEATS = 15
PYTHON = sys.executable
MSDL = str(Path(PYTHON).with_name("msdl"))
COMMANDS: tuple[tuple[str, list[str], float | None], ...] = (
    ("python -c pass", [PYTHON, "-c", "pass"], None),
    ("msdl --help", [MSDL, "--help"], 0.2),
    ("msdl check msdnet_imagenet", [MSDL, "check", "msdnet_imagenet"], 0.6),
    ("msdl cost msdnet_imagenet", [MSDL, "cost", "msdnet_imagenet"], 0.6),
)


def once(command: list[str]) -> tuple[float, float]:
    """Seconds on the clock, and of CPU time."""
    before = _cpu_of_children()
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start, _cpu_of_children() - before


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    for _, command, _ in COMMANDS:
        once(command)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name, _, _ in COMMANDS}
    for _ in range(REPEATS):
        for name, command, _ in COMMANDS:
            times[name].append(once(command))
    rows = [[f"`{name}`", *_figures(times[name]), _budget(budget)] for name, _, budget in COMMANDS]
    put(
        machine(),
        table(["command", "clock, median s", "clock, least s", "CPU, median s", "CPU, least s", "budget, s"], rows),
        f"{REPEATS} runs each, in turns; whole processes, files in the page cache.",
    )


def _figures(runs: list[tuple[float, float]]) -> list[str]:
    """Median and least, on the clock and of CPU time."""
    return [f"{of(run[kind] for run in runs):.3f}" for kind in (0, 1) for of in (median, min)]


def _budget(budget: float | None) -> str:
    return "" if budget is None else f"{budget:.1f}"


if __name__ == "__main__":
    main()
