"""How long a training step takes, beside the same network written as its PyTorch port is.

    python benchmarks/training.py [--compile] [--device cuda]

The anytime network for CIFAR-100 with seven exits, batches of 64: forward, backward and a step of SGD. Variants take
turns, so that a busy machine slows all of them. On a processor, times are CPU time of one thread; on a GPU, which runs
under autocast to bfloat16, they are the clock's.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from measure import machine, put, table
from port import ANYTIME, port
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from msdl.interop.msdnet_pytorch import convert, translate
from msdl.runtime.load import execute
from msdl.training.memory import Recomputation

BATCH = 64
CLASSES = 100
TURNS = 11


@dataclass(frozen=True)
class Variant:
    """A way to train the network; `budget` is for its time, as a part of the port's."""

    name: str
    port: bool = False
    channels_last: bool = True
    compiled: bool = False
    recomputed: bool = False
    budget: float | None = None


PORT = Variant("as the port", port=True, channels_last=False)
DEFAULT = Variant("msdl", budget=1.0)
RECOMPUTED = Variant("msdl --memory-efficient", recomputed=True)
VARIANTS = (
    PORT,
    Variant("as the port, channels last", port=True),
    Variant("msdl, channels first", channels_last=False),
    DEFAULT,
    RECOMPUTED,
)
COMPILED = Variant("msdl --compile", compiled=True, budget=0.8)


class Training:
    """A variant's network with its optimiser and a batch."""

    def __init__(self, variant: Variant, device: str) -> None:
        torch.manual_seed(0)
        network = port(ANYTIME) if variant.port else _same_in_msdl()
        format = torch.channels_last if variant.channels_last else torch.contiguous_format
        self.device = device
        self.network = network.to(device).to(memory_format=format)  # type: ignore[call-overload]
        self.forward: Callable[[Tensor], Sequence[Tensor]] = (
            torch.compile(self.network, dynamic=False) if variant.compiled else self.network
        )
        self.images = torch.randn(BATCH, 3, 32, 32).to(device=device, memory_format=format)
        self.labels = torch.randint(CLASSES, (BATCH,)).to(device)
        self.context: Callable[[], AbstractContextManager[Any]] = Recomputation if variant.recomputed else nullcontext
        # The port takes SGD as it comes.
        fused = None if variant.port else True
        self.optimiser = torch.optim.SGD(
            self.network.parameters(), 0.01, momentum=0.9, weight_decay=1e-4, nesterov=True, fused=fused
        )

    def step(self, size: int = BATCH) -> None:
        self.optimiser.zero_grad()
        with self.context(), torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            logits = self.forward(self.images[:size])
        losses = [cross_entropy(each.float(), self.labels[:size]) for each in logits]
        torch.autograd.backward(torch.stack(losses).sum())
        self.optimiser.step()

    def seconds(self) -> float:
        """Of one step."""
        if self.device == "cuda":
            torch.cuda.synchronize()
            start = time.perf_counter()
            self.step()
            torch.cuda.synchronize()
            return time.perf_counter() - start
        start = time.process_time()
        self.step()
        return time.process_time() - start


def _same_in_msdl() -> nn.Module:
    """The port's network, with its weights, as msdl writes it."""
    compilation = translate(ANYTIME)
    network: nn.Module = execute(compilation.emit(), "anytime").Network()
    network.load_state_dict(convert(port(ANYTIME).state_dict(), compilation))
    return network


def times(variants: Sequence[Variant], device: str) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Seconds of the steps of each, and what the first step of each took on the clock: a compiled one compiles."""
    trainings = {variant.name: Training(variant, device) for variant in variants}
    first: dict[str, float] = {}
    for name, training in trainings.items():
        start = time.perf_counter()
        training.step()
        first[name] = time.perf_counter() - start
        training.step()
    found: dict[str, list[float]] = {name: [] for name in trainings}
    for _ in range(TURNS):
        for name, training in trainings.items():
            found[name].append(training.seconds())
    return found, first


def time_table(variants: Sequence[Variant], found: dict[str, list[float]]) -> str:
    rows = []
    for variant in variants:
        steps = found[variant.name]
        ratio = median(mine / theirs for mine, theirs in zip(steps, found[PORT.name], strict=True))
        figures = [f"{median(steps) * 1e3:.0f}", f"{min(steps) * 1e3:.0f}", f"{BATCH / median(steps):.0f}"]
        rows.append([f"`{variant.name}`", *figures, f"{ratio:.2f}", _budget(variant.budget)])
    return table(["step", "median, ms", "least, ms", "images/s", "ratio", "budget"], rows)


def _budget(budget: float | None) -> str:
    return "" if budget is None else f"{budget:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--compile", action="store_true", help="measure --compile too, which takes minutes to compile")
    given = parser.parse_args()
    prepare()
    variants = (*VARIANTS, COMPILED) if given.compile else VARIANTS
    found, first = times(variants, given.device)
    compiled = f" The first step of `{COMPILED.name}` took {first[COMPILED.name]:.0f} s." if given.compile else ""
    put(
        machine("torch"),
        time_table(variants, found),
        f"{'Clock' if given.device == 'cuda' else 'CPU time'}, {TURNS} steps each, in turns; ratios are medians of"
        f" each turn's ratio to `{PORT.name}`.{compiled}",
    )


def prepare() -> None:
    torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = True
    warnings.simplefilter("ignore")


if __name__ == "__main__":
    main()
