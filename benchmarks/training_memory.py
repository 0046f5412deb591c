"""How much memory a training step takes, beside the same network written as its PyTorch port is.

    python benchmarks/training_memory.py [--device cuda]

The network, batches and steps of `training.py`, each variant in a process of its own. Two figures: what torch's
allocator was asked for and not yet given back, at its peak; and by how much the process grew, which counts what the C
library keeps, and the buffers of oneDNN, too. On a GPU: allocated, and reserved.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch
from measure import machine, put, table
from torch.profiler import ProfilerActivity, profile
from training import BATCH, DEFAULT, PORT, RECOMPUTED, Training, Variant, prepare

VARIANTS = (PORT, DEFAULT, RECOMPUTED)
BUDGET = 0.6
STEPS = 10
MEGABYTE = 2**20
STATUS = Path("/proc/self/status")


def memory(variant: Variant, device: str) -> tuple[int, int]:
    """Peak bytes of a step's tensors, and of the process over what it had before, measured in a process of its own."""
    command = [sys.executable, __file__, "--device", device, "--of", variant.name]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    tensors, process = json.loads(output.splitlines()[-1])
    return tensors, process


def peaks(variant: Variant, device: str) -> tuple[int, int]:
    training = Training(variant, device)
    training.step(2)  # loads libraries, makes the optimiser's state
    return _on_gpu(training) if device == "cuda" else _on_cpu(training)


def _on_gpu(training: Training) -> tuple[int, int]:
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    allocated, reserved = torch.cuda.memory_allocated(), torch.cuda.memory_reserved()
    training.step()
    return torch.cuda.max_memory_allocated() - allocated, torch.cuda.max_memory_reserved() - reserved


def _on_cpu(training: Training) -> tuple[int, int]:
    before = _status("VmRSS")
    for _ in range(STEPS):
        training.step()
    process = _status("VmHWM") - before
    return _peak_of_tensors(training), process


def _peak_of_tensors(training: Training) -> int:
    training.optimiser.zero_grad()
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as recorded:
        training.step()
    assert recorded.profiler is not None and recorded.profiler.kineto_results is not None
    events = [event for event in recorded.profiler.kineto_results.events() if event.name() == "[memory]"]
    live = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        live += event.nbytes()
        peak = max(peak, live)
    return peak


def _status(key: str) -> int:
    """Bytes that Linux counts for this process."""
    lines = STATUS.read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(key))


def rows(device: str) -> list[list[str]]:
    found = {variant.name: memory(variant, device) for variant in VARIANTS}
    return [
        [
            f"`{variant.name}`",
            *_figures(found[variant.name], found[PORT.name]),
            str(BUDGET) if variant.recomputed else "",
        ]
        for variant in VARIANTS
    ]


def _figures(sizes: tuple[int, int], wholes: tuple[int, int]) -> list[str]:
    pairs = zip(sizes, wholes, strict=True)
    return [text for size, whole in pairs for text in (f"{size / MEGABYTE:.0f}", f"{size / whole:.2f}")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--of", help=argparse.SUPPRESS)
    given = parser.parse_args()
    prepare()
    if given.of:
        put(json.dumps(peaks(next(variant for variant in VARIANTS if variant.name == given.of), given.device)))
        return
    names = ("allocated", "reserved") if given.device == "cuda" else ("tensors", "process")
    headings = ["step", *(text for name in names for text in (f"{name}, MB", "ratio")), "budget"]
    put(
        machine("torch"),
        table(headings, rows(given.device)),
        f"Peaks of {STEPS} steps, batch {BATCH}; before them, a step of two images.",
    )


if __name__ == "__main__":
    main()
