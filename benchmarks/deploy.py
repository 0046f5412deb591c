"""Sections under ONNX Runtime against what else one could run, side by side on two threads.

python benchmarks/deploy.py [--compile] [NETWORK ..]

(a) is the network as its PyTorch port writes it, eager, all exits; (b) the same whole in one ONNX graph; (c) the whole
module under torch.compile with frozen weights, which --compile adds: that takes minutes. Weights are drawn, never
trained, and exits are forced by mix.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import torch
import torch._inductor.config
from measure import machine, put, table
from port import ANYTIME, BUDGETED7, IMAGENET4, port
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent.parent))

from msdl.backends.onnx import whole
from msdl.deployment.bench.mixes import STANDARD, mixes
from msdl.deployment.bench.throughput import Lane, Load, through
from msdl.runtime.engines import Engine
from msdl.runtime.engines.bound import Bound
from msdl.runtime.engines.graphs import Graph
from msdl.runtime.engines.onnx import onnx, onnxruntime, options, session
from msdl.runtime.sections import Section, State
from msdl.runtime.times import measure
from msdl.runtime.trained import Trained, trained
from msdl.version import VERSION

THREADS = 2
# Between torch and ONNX Runtime: the threads of each look for work for a while after a run.
PAUSE = 0.02

Run = Callable[[Tensor], object]


@dataclass(frozen=True)
class Case:
    """A network of the library, the port's flags for it, its batch sizes, the second one for mixes, and turns."""

    spec: str
    settings: Mapping[str, int]
    flags: Mapping[str, object]
    batches: tuple[int, int]
    turns: tuple[int, int]
    images: int
    passes: int


CASES = {
    "cifar_anytime": Case("msdnet_cifar_anytime", {"depth": 16}, ANYTIME, (1, 64), (101, 15), 2048, 5),
    "cifar_budgeted": Case("msdnet_cifar_budgeted", {"K": 7}, BUDGETED7, (1, 64), (101, 11), 2048, 5),
    "imagenet": Case("msdnet_imagenet", {}, IMAGENET4, (1, 8), (41, 11), 256, 5),
}


@dataclass(frozen=True)
class Subject:
    """A network, as sections, and everything that it is held against, each computing all exits."""

    name: str
    case: Case
    network: Trained
    engine: Engine
    whole: Run
    others: Mapping[str, Run]

    @property
    def macs(self) -> list[int]:
        return [exit.macs.lazy for exit in self.network.compilation.costs.exits]

    def images(self, count: int) -> Tensor:
        return torch.randn(count, *self.engine.shape, generator=torch.Generator().manual_seed(count))

    def chained(self, images: Tensor) -> None:
        with self.engine.running():
            for _ in self.engine.outputs(images):
                pass

    def first(self, images: Tensor) -> None:
        with self.engine.running():
            next(self.engine.outputs(images))


def subject(name: str, case: Case, with_compile: bool) -> Subject:
    network = trained(case.spec, case.settings)
    others: dict[str, Run] = {"a": port(case.flags).eval()}
    if with_compile:
        others["c"] = frozen(network)
    return Subject(name, case, network, onnx(network, THREADS), one_graph(network), others)


def frozen(network: Trained) -> Run:
    """(c): inductor looks at this setting of its own alone, and at the time of a call that compiles."""
    compiled = torch.compile(network.model)

    def run(images: Tensor) -> object:
        with torch._inductor.config.patch(freezing=True):
            return compiled(images)

    return run


def one_graph(network: Trained) -> Run:
    """(b): all exits in one ONNX graph, run like a section."""
    folded = network.folded
    weights = {key: value.float().numpy() for key, value in folded.weights.items()}
    made = whole(folded.graph, folded.schedule, weights, network.compilation.digest, VERSION)
    graph = Graph("the whole network", made.exit, made.content, made.inputs, made.outputs)
    return Bound(session(onnxruntime(), made.content, graph.name, options(THREADS)), graph)


def alternating(runs: Mapping[str, Run], images: Tensor, turns: int, pause: float = 0) -> dict[str, list[float]]:
    """The seconds of each run, turn by turn, after two turns that aren't counted; a pause goes before each."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    with torch.inference_mode():
        for _ in range(turns + 2):
            for name, run in runs.items():
                time.sleep(pause)
                start = time.perf_counter()
                run(images)
                seconds[name].append(time.perf_counter() - start)
    return {name: found[2:] for name, found in seconds.items()}


def ratio(above: list[float], below: list[float]) -> float:
    """The median of the ratios within a turn."""
    return median(x / y for x, y in zip(above, below, strict=True))


def depths(subject: Subject) -> Iterator[list[str]]:
    """A row a batch size: all exits in sections against (b), (a) and (c)."""
    for batch, turns in zip(subject.case.batches, subject.case.turns, strict=True):
        images, sections = subject.images(batch), {"sections": subject.chained}
        found = alternating({**sections, "b": subject.whole}, images, turns)
        others = alternating({**sections, **subject.others}, images, -(-turns // 4), PAUSE)
        faster = [f"{ratio(others[name], others['sections']):.2f}" if name in others else "" for name in "ac"]
        milliseconds = [f"{1000 * median(found[name]):.2f}" for name in ("sections", "b")]
        yield [subject.name, str(batch), *milliseconds, f"{ratio(found['sections'], found['b']):.3f}", *faster]


def first_exit(subject: Subject) -> list[str]:
    """Exit 1 alone for one image against all exits."""
    runs = {"first": subject.first, "all": subject.chained}
    found = alternating(runs, subject.images(1), subject.case.turns[0])
    spent, macs = ratio(found["first"], found["all"]), subject.macs[0] / subject.macs[-1]
    return [subject.name, f"{1000 * median(found['first']):.3f}", f"{macs:.3f}", f"{spent:.3f}", f"{spent / macs:.2f}"]


def mixed(subject: Subject) -> Iterator[list[str]]:
    """A row a mix: many images with real early exit against (b) on plain batches of as many."""
    case, batch = subject.case, subject.case.batches[1]
    images, macs = subject.images(case.images), subject.macs
    clocked = Clocked.around(subject.engine)
    lane = Lane(clocked.engine, measure(subject.engine, sorted({1, 8, batch}), threads=THREADS))
    found = mixes(["all-first", *STANDARD], len(macs))
    loads = {mix.name: Load(mix.name, case.images, batch, mix) for mix in found}
    seconds: dict[str, list[float]] = {name: [] for name in (*loads, "b")}
    sections: dict[str, list[float]] = {name: [] for name in loads}
    for _ in range(case.passes + 1):
        for name, load in loads.items():
            clocked.reset()
            seconds[name].append(through(lane, images, load, time.perf_counter).seconds)
            sections[name].append(clocked.seconds)
        start = time.perf_counter()
        for part in images.split(batch):
            subject.whole(part)
        seconds["b"].append(time.perf_counter() - start)
    for mix in found:
        spent = sum(share * cost for share, cost in zip(mix.shares, macs, strict=True)) / macs[-1]
        taken = ratio(seconds[mix.name][1:], seconds["b"][1:])
        queues = 1 - ratio(sections[mix.name][1:], seconds[mix.name][1:])
        yield [
            f"{subject.name}: {mix.name}",
            f"{1000 * median(seconds[mix.name][1:]) / case.images:.3f}",
            f"{spent:.3f}",
            f"{taken:.3f}",
            f"{taken / spent:.2f}",
            f"{100 * queues:.1f} %",
        ]


class Clocked:
    """An engine whose sections' seconds are added up: what is left of the time is that of queues and gathers."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.engine: Engine

    @classmethod
    def around(cls, engine: Engine) -> Clocked:
        clocked = cls()
        clocked.engine = replace(engine, sections=tuple(map(clocked.section, engine.sections)))
        return clocked

    def reset(self) -> None:
        self.seconds = 0.0

    def section(self, section: Section) -> Section:
        def run(*state: Tensor) -> tuple[Tensor, State]:
            start = time.perf_counter()
            result = section(*state)
            self.seconds += time.perf_counter() - start
            return result

        return run


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("networks", nargs="*", default=[*CASES], help=", ".join(CASES))
    parser.add_argument("--compile", action="store_true", help="also torch.compile of the whole network: minutes")
    chosen = parser.parse_args()
    torch.set_num_threads(THREADS)
    subjects = [subject(name, CASES[name], chosen.compile) for name in chosen.networks]
    put(
        machine("torch", "onnx", "onnxruntime"),
        table(
            ["all exits", "batch", "sections, ms", "(b), ms", "sections / (b)", "(a) / sections", "(c) / sections"],
            [row for each in subjects for row in depths(each)],
        ),
        table(["exit 1, batch 1", "ms", "MACs", "time", "time / MACs"], [first_exit(each) for each in subjects]),
        table(
            ["exits of the images", "ms an image", "MACs", "time / (b)", "over MACs", "queues and gathers"],
            [row for each in subjects for row in mixed(each)],
        ),
        f"{THREADS} threads; wall clock, medians of ratios within alternating turns. MACs and time of exit 1 are"
        " relative to all exits in sections, those of mixes to all exits, and to (b) on plain batches.",
    )


if __name__ == "__main__":
    main()
