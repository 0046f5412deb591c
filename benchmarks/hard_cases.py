"""What inputs made to hang a compiler take: `msdl check` as a whole process, beside a library network."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import machine, put, table

BUDGET_S, BUDGET_MB = 2.0, 500
DOUBLING = "block f(n, c) = conv1x1(c) when n == 1 else (conv1x1(c), mean(f(n - 1, c)) -> f(n - 1, c))"

END = "exit at end: gap linear(2)"


def network(*items: str, before: str = "") -> str:
    return f"{before}\nnetwork n {{\n input 3 x 8 x 8\n" + "\n".join(items) + "\n}\n"


CASES = {
    "msdnet_imagenet": "",
    "`layers 999999999`": network("layers 999999999 { horizontal bn }", END),
    "recursion without end": network("stem f(-1)", END, before="block f(n) = relu when n == 0 else f(n - 1)"),
    "recursion that doubles": network("stem mean(f(60, 8))", END, before=DOUBLING),
    "`2^2^2^2^2^2`": network("stem bn", END, before="let a = 2^2^2^2^2^2"),
    "10 MB": "#" * 10_000_000,
    "an import of itself": 'import "case.msd"\n',
    "a binary file": "\0" * 100_000,
    "5,000 parentheses": f"let a = {'(' * 5_000}1{')' * 5_000}\n",
    "250,000 nodes, uniform layers": network("stem bn", f"layers 19000 {{ horizontal {'relu ' * 20}}}", END),
    "2,000 empty networks": "".join(f"network n{k} {{ }}\n" for k in range(2_000)),
}


def measured(spec: str) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one `msdl check`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "msdl", "check", spec], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.msd"
        for name, text in CASES.items():
            path.write_text(text or "", encoding="utf-8")
            runs = [measured(str(path) if text else name) for _ in range(3)]
            rows.append((name, f"{min(run[0] for run in runs):.2f}", f"{max(run[1] for run in runs):.0f}"))
    put(
        machine(),
        table(["`msdl check` of", "CPU, least s", "peak MB"], rows),
        f"Least of 3 runs; the budget is {BUDGET_S:g} s and {BUDGET_MB} MB.",
    )


if __name__ == "__main__":
    main()
