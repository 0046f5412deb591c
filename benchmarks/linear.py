"""Whether the compiler's work grows with the number of cells: time per cell at 500 and at 10,000 cells.

    python benchmarks/linear.py

One repeat compiles both sizes, one right after the other, so that a busy machine slows both. Exits grow with the
layers, one in 25, as they do in real networks.
"""

from __future__ import annotations

import tracemalloc
from statistics import median

from measure import machine, put, seconds, table

from msdl.compilation import Compilation

SIZES = (500, 10_000)
SCALES = 4
REPEATS = 5
BUDGET = 2.0
STAGES = ("parse and resolve", "elaborate", "check", "schedule", "cost")

SPEC = """
block h(c, w) = conv1x1(min(channels, w * c)) bn relu  conv3x3(c)/stride bn relu

network grid(depth = 125) {
  input 3 x 64 x 64
  scales 4 {
    init   16 * 2^(s-1)
    growth 6 * 2^(s-1)
    widen  2^(s-1)
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal   h(share, widen[s-1])/2
    horizontal h(share, widen)
  }
  exits at 25..depth step 25: gap linear(10)
}
"""


def spec(cells: int) -> Compilation:
    return Compilation.of_text(SPEC, depth=cells // SCALES)


def stages(cells: int) -> list[float]:
    """Seconds of every stage."""
    compilation = spec(cells)
    times = [
        seconds(lambda: compilation.spec),
        seconds(lambda: compilation.graph),
        seconds(lambda: compilation.network),
        seconds(lambda: compilation.schedule),
        seconds(lambda: compilation.costs),
    ]
    assert compilation.valid
    return times


def peak(cells: int) -> int:
    """Bytes that Python holds at most, the graph and all later values included."""
    tracemalloc.start()
    stages(cells)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def main() -> None:
    for cells in SIZES:
        stages(cells)
    runs: dict[int, list[list[float]]] = {cells: [] for cells in SIZES}
    for _ in range(REPEATS):
        for cells in SIZES:
            runs[cells].append(stages(cells))
    rows = []
    for number, name in enumerate(STAGES):
        small, large = (median(run[number] for run in runs[cells]) for cells in SIZES)
        rows.append(_row(name, small, large, per_cell=number > 0))
    small, large = (median(sum(run[1:]) for run in runs[cells]) for cells in SIZES)
    rows.append(_row("elaborate to cost", small, large, per_cell=True))
    headings = [
        "stage",
        *(f"{cells:,} cells, s" for cells in SIZES),
        *(f"us/cell at {cells:,}" for cells in SIZES),
        "ratio",
    ]
    ratio = (large / SIZES[1]) / (small / SIZES[0])
    nodes = ", ".join(f"{len(spec(cells).network):,} nodes at {cells:,} cells" for cells in SIZES)
    memory = ", ".join(f"{peak(cells) / 1e6:.1f} MB at {cells:,} cells" for cells in SIZES)
    put(
        machine(),
        table(headings, rows),
        f"CPU time, medians of {REPEATS} alternating runs; {nodes}.",
        f"Peak memory: {memory}.",
        f"Time per cell at {SIZES[1]:,} cells is {ratio:.2f} times that at {SIZES[0]}; the budget is {BUDGET}.",
    )


def _row(name: str, small: float, large: float, per_cell: bool) -> list[str]:
    """A stage's times; parsing doesn't depend on the cells."""
    each = [time / cells * 1e6 for time, cells in zip((small, large), SIZES, strict=True)]
    rates = [f"{each[0]:.1f}", f"{each[1]:.1f}", f"{each[1] / each[0]:.2f}"] if per_cell else ["", "", ""]
    return [name, f"{small:.4f}", f"{large:.4f}", *rates]


if __name__ == "__main__":
    main()
