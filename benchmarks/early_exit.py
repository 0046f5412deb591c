"""Whether early exit saves the time that it saves in MACs: torch on one core, networks never trained.

python benchmarks/early_exit.py
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import torch
from measure import machine, put, seconds, table
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent.parent))

import msdl
from msdl.runtime.budgeted import route
from msdl.runtime.policy import Policy

BATCH, BATCHES = 256, 8
BUDGET = 1.25
TURNS = {"msdnet_digits": 7, "msdnet_cifar_anytime": 3}


def mixes(exits: int) -> dict[str, list[float]]:
    """Shares of the images that stop at each exit."""
    rest = exits - 1
    return {
        "half of those that come": [0.5 ** (number + 1) for number in range(exits)],
        ".5 .2 .2, rest": [0.5, 0.2, 0.2, *[0.1 / (exits - 3)] * (exits - 3)],
        "as many at each": [1 / exits] * exits,
        "nearly all at the first": [0.9, *[0.1 / rest] * rest],
        "nearly all at the last": [*[0.1 / rest] * rest, 0.9],
    }


def policy(logits: Tensor, exits: tuple[str, ...], shares: Sequence[float]) -> Policy:
    """Thresholds that split images, of whom all logits (K, N, C) are known, in such shares."""
    closed, left = Policy.to_the_last(exits), torch.arange(logits.shape[1])
    thresholds: list[float | None] = []
    for exit, share in enumerate(shares[:-1]):
        sure = closed.confidences(logits[exit, left], exit)
        wanted = min(round(share * logits.shape[1]), len(left))
        if not wanted:
            thresholds.append(None)
            continue
        thresholds.append(sure.sort(descending=True).values[wanted - 1].item())
        left = left[sure < thresholds[-1]]
    return Policy(exits, tuple(thresholds))


@dataclass
class Case:
    """A mix of exits: the seconds of each turn on a stream and on a single batch, and how many images stopped where."""

    policy: Policy
    stopped: Tensor
    stream: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)


def measure(network: str) -> list[list[str]]:
    """A row a mix. Every turn has images of its own: in use, no two batches leave the same numbers of images."""
    torch.manual_seed(0)
    model: Any = msdl.compile(network).eval().to(memory_format=torch.channels_last)
    macs = torch.tensor([float(cost.macs.lazy) for cost in msdl.Compilation.of(network).costs.exits])
    known = torch.cat([torch.stack(model(torch.randn(128, *model.INPUT))) for _ in range(4)], 1)
    cases = {
        name: Case(policy(known, model.EXITS, shares), torch.zeros(len(macs)))
        for name, shares in mixes(len(macs)).items()
    }
    chained = []
    for _ in range(TURNS[network]):
        images = torch.randn(BATCHES * BATCH, *model.INPUT)
        chained.append(up_to_each_exit(model, images))
        for case in cases.values():
            turn(model, images, case)
    full = torch.tensor(chained).median(0).values
    return [row(f"{network}: {name}", case, macs, full) for name, case in cases.items()]


def up_to_each_exit(model: Any, images: Tensor) -> list[float]:
    """The seconds up to each exit where every image goes on to the last: what plain batches take."""
    ends = [0.0] * len(model.EXITS)
    for batch in images.split(BATCH):
        start = time.process_time()
        for exit, _ in enumerate(model.exits(batch)):
            ends[exit] += time.process_time() - start
    return ends


def turn(model: Any, images: Tensor, case: Case) -> None:
    found: list[Tensor] = []
    case.stream.append(seconds(lambda: found.append(route(model, images, case.policy, batch_size=BATCH).exit)))
    case.stopped += torch.bincount(found[0], minlength=len(case.stopped))
    case.alone.append(seconds(lambda: route(model, images[:BATCH], case.policy, batch_size=BATCH)))


def row(name: str, case: Case, macs: Tensor, full: Tensor) -> list[str]:
    shares = case.stopped / case.stopped.sum()
    spent, sections = (float((shares * each).sum() / each[-1]) for each in (macs, full))
    stream, alone = median(case.stream) / float(full[-1]), median(case.alone) * BATCHES / float(full[-1])
    return [
        name,
        " ".join(f"{100 * share:.0f}" for share in shares),
        f"{spent:.3f}",
        f"{stream:.3f}",
        *(f"{ratio / spent:.2f}" for ratio in (stream, sections, alone)),
    ]


def main() -> None:
    torch.set_num_threads(1)
    with torch.inference_mode():
        rows = [found for network in TURNS for found in measure(network)]
    headings = [
        "exits of the images",
        "% at each exit",
        "MACs",
        "time",
        "time / MACs",
        "the sections alone",
        "one batch",
    ]
    turns = ", ".join(f"{count} of {network}" for network, count in TURNS.items())
    put(
        machine("torch"),
        table(headings, rows),
        f"CPU time of one thread, relative to running every exit; medians of alternating turns ({turns}), each on"
        f" {BATCHES} batches of {BATCH} new images, and on the first of them. The sections alone: time / MACs"
        " if nobody had to be moved, since sections at fine scales take longer for a MAC.",
        f"Time / MACs is {max(float(found[4]) for found in rows):.2f} at most; the budget is {BUDGET}.",
    )


if __name__ == "__main__":
    main()
