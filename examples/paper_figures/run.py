"""The paper's comparison, small: trains the networks on digits, measures them, and draws the figures.

    python examples/paper_figures/run.py

All goes to build/paper_figures: the runs, results.json, the figures, and tables.md. What is finished there is not
trained again. docs/paper_figures.md says what came of it.
"""

from __future__ import annotations

import json
import resource
import time
from itertools import product
from pathlib import Path

import torch
from draw import FIGURES
from judge import Judged, checks, comparison
from networks import MSDNET, NETWORKS, SEEDS
from summary import Results
from tables import TABLES
from train import folder, train_all

from msdl import files
from msdl.runtime.run import Run

BUILD = Path("build/paper_figures")
RESULTS = "results.json"


def main() -> None:
    start = time.perf_counter()
    for network, seed in train_all(BUILD):
        print(f"{time.perf_counter() - start:5.0f} s  {network}, seed {seed}", flush=True)
    torch.set_num_threads(1)
    results = measured(BUILD)
    files.write(BUILD / RESULTS, as_text(results))
    for name, drawn in FIGURES.items():
        files.write(BUILD / f"{name}.svg", drawn(results))
    tables = "\n".join(table(results) for table in TABLES.values())
    files.write(BUILD / "tables.md", tables)
    print(f"\n{tables}\nThe figures are in {BUILD}.")
    print(f"{time.perf_counter() - start:.0f} s, and {cpu_seconds():.0f} s of CPU time")


def measured(build: Path) -> Results:
    """What results.json holds."""
    judged = {(network, seed): Judged.of(folder(build, network, seed)) for network, seed in product(NETWORKS, SEEDS)}
    run = Run.read(folder(build, MSDNET, SEEDS[0]))
    return {
        "versions": dict(run.versions),
        "images": dict(run.data["images"]),
        "options": {name: value for name, value in run.options.items() if name != "seed"},
        "runs": [{"network": network, "seed": seed, **comparison(of)} for (network, seed), of in judged.items()],
        "checks": [{"seed": seed, **checks(judged[MSDNET, seed])} for seed in SEEDS],
    }


def as_text(results: Results) -> str:
    """As JSON with a line for each run."""
    entries = []
    for key, value in results.items():
        text = json.dumps(value)
        if isinstance(value, list):
            text = "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        entries.append(f"{json.dumps(key)}: {text}")
    return "{\n" + ",\n".join(entries) + "\n}\n"


def cpu_seconds() -> float:
    """What this process and those that trained have used."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


if __name__ == "__main__":
    main()
