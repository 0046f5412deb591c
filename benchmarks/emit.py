"""How long the source of a module of about 1,000 cells takes, and its first compilation by Python.

python benchmarks/emit.py
"""

from __future__ import annotations

from statistics import median

from linear import SCALES, spec
from measure import machine, put, seconds, table

CELLS = 1_000
REPEATS = 5
BUDGET = 2.0


def once() -> tuple[float, float, float, str]:
    """Seconds from the text to the schedule, for the source, and for Python to compile it; and the source."""
    compilation = spec(CELLS)
    before = seconds(lambda: compilation.schedule)
    found: list[str] = []
    emitting = seconds(lambda: found.append(compilation.emit("torch")))
    compiling = seconds(lambda: compile(found[0], "grid.py", "exec"))
    return before, emitting, compiling, found[0]


def main() -> None:
    once()
    runs = [once() for _ in range(REPEATS)]
    source = runs[0][3]
    rows = [
        [name, f"{median(float(run[number]) for run in runs):.3f}", budget]
        for number, (name, budget) in enumerate(
            (("text to schedule", ""), ("source", f"{BUDGET:.1f}"), ("Python compiles the source", ""))
        )
    ]
    layers = CELLS // SCALES
    put(
        machine("jinja2"),
        table(["step", "median, s", "budget, s"], rows),
        f"CPU time, medians of {REPEATS} runs; {layers} layers x {SCALES} scales = {CELLS:,} cells,"
        f" {source.count(chr(10)):,} lines of source, {len(source) / 1e3:,.0f} kB.",
    )


if __name__ == "__main__":
    main()
