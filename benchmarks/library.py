"""How long every network of the library takes from its file to the source of a module.

python benchmarks/library.py [NETWORK ..]
"""

from __future__ import annotations

import resource
import subprocess
import sys
from statistics import median

from measure import machine, put, seconds, table

from msdl import library
from msdl.compilation import Compilation

REPEATS = 3
BUDGET = 2.0
BLOCKS = "blocks"  # no network


def once(name: str) -> tuple[float, float, str, int]:
    """Seconds from the file to the schedule, and for the source; the source, and the number of layers."""
    compilation = Compilation.of(name)
    before = seconds(lambda: compilation.schedule)
    found: list[str] = []
    emitting = seconds(lambda: found.append(compilation.emit("torch")))
    return before, emitting, found[0], len(compilation.network)


def command(name: str) -> float:
    """CPU time of `msdl compile`, a process of its own, its start and all its imports among it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "msdl", "compile", name], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(name: str) -> list[str]:
    runs = [once(name) for _ in range(REPEATS)]
    before, emitting = (median(run[part] for run in runs) for part in (0, 1))
    _, _, source, layers = runs[0]
    whole = median(command(name) for _ in range(REPEATS))
    timed = [f"{before:.2f}", f"{emitting:.2f}", f"{whole:.2f}"]
    return [name, f"{layers:,}", f"{source.count(chr(10)):,}", *timed]


def main() -> None:
    once("resnet18")
    rows = [row(name) for name in sys.argv[1:] or sorted(set(library.specs()) - {BLOCKS})]
    put(
        machine("jinja2"),
        table(["network", "layers", "lines of source", "schedule, s", "source, s", "command, s"], rows),
        f"CPU time, medians of {REPEATS} runs: from the file to the schedule; for the source; for `msdl compile`, a"
        f" process of its own. {sum(float(row[-1]) > BUDGET for row in rows)} of {len(rows)} networks take more than"
        f" the {BUDGET:.1f} s that are allowed.",
    )


if __name__ == "__main__":
    main()
