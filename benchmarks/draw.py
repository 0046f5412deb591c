"""How long whole drawings take, as `msdl draw` makes them.

    python benchmarks/draw.py

Commands take turns, so that a busy machine slows all of them. CPU time is what the process and its system calls took;
on an idle machine the clock shows hardly more.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from commands import MSDL, once
from measure import machine, put, table

REPEATS = 7
# 60 layers of 4 scales, nothing reduced: every cell reads all before it.
GRID = """network grid {
  input 3 x 128 x 128
  scales 4 { init 8 * 2^(s-1); growth 4 * 2^(s-1) }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers 60 dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exits at 10..60 step 10: gap linear(10)
}
"""
COMMANDS: tuple[tuple[list[str], str, float | None], ...] = (
    (["msdnet_cifar_anytime"], "svg", 1.0),
    (["msdnet_cifar_anytime"], "html", 1.5),
    (["msdnet_imagenet", "--set", "spacing=7"], "svg", 2.0),
    (["msdnet_imagenet", "--set", "spacing=7"], "html", 3.0),
    (["grid.msd", "--dense", "all"], "svg", 10.0),
    (["grid.msd", "--dense", "all"], "html", 15.0),
    (["grid.msd"], "svg", None),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        grid = Path(folder, "grid.msd")
        grid.write_text(GRID, encoding="utf-8")
        names = [f"{' '.join(arguments)} -o F.{format}" for arguments, format, _ in COMMANDS]
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
        sizes: dict[str, int] = {}
        for _ in range(REPEATS):
            for name, (arguments, format, _budget) in zip(names, COMMANDS, strict=True):
                given = [str(grid) if argument == grid.name else argument for argument in arguments]
                drawing = Path(folder, f"drawing.{format}")
                runs[name].append(once([MSDL, "draw", *given, "-o", str(drawing)]))
                sizes[name] = drawing.stat().st_size
    rows = [
        [f"`{name}`", *_medians(runs[name]), f"{sizes[name] / 1000:,.0f}", "" if budget is None else f"{budget:.1f}"]
        for name, (_, _, budget) in zip(names, COMMANDS, strict=True)
    ]
    headings = ["`msdl draw` of", "clock, median s", "CPU, median s", "kB", "budget, s"]
    put(
        machine("graphviz", "pygraphviz"),
        table(headings, rows),
        f"{REPEATS} runs each, in turns; whole processes, files in the page cache. grid.msd has 60 layers of 4 scales.",
    )


def _medians(runs: list[tuple[float, float]]) -> list[str]:
    """On the clock and of CPU time."""
    return [f"{median(run[kind] for run in runs):.3f}" for kind in (0, 1)]


if __name__ == "__main__":
    main()
