"""How long `msdl fmt` takes, by the lines of the file.

    python benchmarks/fmt.py

Whole processes; sizes take turns, so that a busy machine slows all of them. Each file is one whose every line changes.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from commands import once
from measure import machine, put, table

REPEATS = 15
SIZES = (20, 1_000, 5_000)
BUDGETS = {1_000: 1.0}
MSDL = str(Path(sys.executable).with_name("msdl"))
NETWORK = """\
network net{number}(classes=10,size = 32) {{   #one of many
input 3 x size x size
scales 3 {{
init 16,32,64 #feature maps of the first layer
growth 6,12,24
widen 2^(s - 1)
}}
stem conv3x3(init) bn relu
vertical conv3x3(init)/2 bn relu
layers 24 dense(growth) {{
diagonal conv1x1(min(channels,widen[s - 1]*share)) bn relu conv3x3(share)/2 bn relu
horizontal conv1x1(min(channels,widen*share)) bn relu conv3x3(share) bn relu
}}
reduce in 3 blocks:conv1x1(compress(0.5)) bn relu
exits at 4..24 step 2:conv3x3(128)/2 bn relu conv3x3(128)/2 bn relu avgpool2x2/2 linear(classes)
# what a person would say about it
let unused = (1+2)*3/4
let used=unused-1
}}

"""


def text(lines: int) -> str:
    return "".join(NETWORK.format(number=number) for number in range(lines // NETWORK.count("\n")))


def main() -> None:
    with TemporaryDirectory() as folder:
        commands = {lines: [MSDL, "fmt", f"{folder}/{lines}.msd", "--diff"] for lines in SIZES}
        for lines in SIZES:
            Path(folder, f"{lines}.msd").write_text(text(lines), encoding="utf-8")
            subprocess.run(commands[lines], check=True, stdout=subprocess.DEVNULL)
        runs: dict[int, list[tuple[float, float]]] = {lines: [] for lines in SIZES}
        for _ in range(REPEATS):
            for lines in SIZES:
                runs[lines].append(once(commands[lines]))
    put(
        machine(),
        table(
            ["lines", "clock, median s", "clock, least s", "CPU, median s", "budget, s"],
            map(_row, *zip(*runs.items(), strict=True)),
        ),
        f"{REPEATS} runs each, in turns; whole processes, with `--diff`.",
    )


def _row(lines: int, runs: list[tuple[float, float]]) -> list[str]:
    clock, cpu = zip(*runs, strict=True)
    figures = [f"{time:.3f}" for time in (median(clock), min(clock), median(cpu))]
    return [f"{lines:,}", *figures, f"{BUDGETS[lines]:.1f}" if lines in BUDGETS else ""]


if __name__ == "__main__":
    main()
