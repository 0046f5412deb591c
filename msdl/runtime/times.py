"""Measured times: what every section of a network takes, on one machine, in batches of several sizes."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import Tensor

from msdl import files
from msdl.runtime import record
from msdl.runtime.engines import Engine
from msdl.runtime.errors import InputError
from msdl.runtime.sections import Clock, finish
from msdl.runtime.waiting import Group, Waiting

FORMAT_VERSION = 1
BATCHES = (1, 8, 64, 256)
REPEATS = 9
DIRECT_RUNS = 40


@dataclass(frozen=True)
class Times:
    """Seconds that an engine took with so many threads on a machine.

    `sections` has a row an exit, in it the medians for the batch sizes `batches`, which rise. `gathers` has a number a
    section: the seconds an image to keep the state before it, 0 before the first. `direct` has a number an exit: the
    network of that exit alone took no longer for one image in 95 of 100 runs; () where the engine has none.
    """

    engine: str
    threads: int
    machine: str
    batches: tuple[int, ...]
    sections: tuple[tuple[float, ...], ...]
    gathers: tuple[float, ...]
    direct: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError."""
        if not self.batches or self.batches[0] < 1 or any(small >= large for small, large in pairwise(self.batches)):
            raise ValueError("its batches are positive sizes that rise")
        if not self.sections or any(len(row) != len(self.batches) for row in self.sections):
            raise ValueError("a section has a time for each size of a batch")
        if len(self.gathers) != len(self.sections) or len(self.direct) not in (0, len(self.sections)):
            raise ValueError("there is a gather before each section, and direct times are for every exit or for none")
        if min(map(min, self.sections)) <= 0 or min(self.gathers) < 0 or min(self.direct, default=1.0) <= 0:
            raise ValueError("a section takes time")

    def seconds(self, exit: int, images: int) -> float:
        """What the section of an exit, counted from 0, takes on so many images.

        On a line between two sizes that were measured; below all of them what the smallest takes, and above all of
        them as long an image as the largest.
        """
        row, sizes = self.sections[exit], self.batches
        if images >= sizes[-1]:
            return row[-1] * images / sizes[-1]
        above = next(index for index, each in enumerate(sizes) if images < each)
        if above == 0:
            return row[0]
        share = (images - sizes[above - 1]) / (sizes[above] - sizes[above - 1])
        return row[above - 1] + share * (row[above] - row[above - 1])

    def fit(self, engine: Engine, threads: int) -> bool:
        """Whether they tell what this engine will take here, with so many threads."""
        mine = (self.engine, self.threads, self.machine, len(self.sections))
        return mine == (engine.name, threads, machine(engine.device), len(engine.exits))

    def as_json(self) -> str:
        data = {
            "format_version": FORMAT_VERSION,
            "engine": self.engine,
            "threads": self.threads,
            "machine": self.machine,
            "batches": self.batches,
            "sections": self.sections,
            "gathers": self.gathers,
            "direct": self.direct,
        }
        return json.dumps(data, indent=2) + "\n"

    def write(self, path: Path) -> None:
        """Raises OSError."""
        files.write(path, self.as_json())

    @classmethod
    def read(cls, path: Path) -> Times:
        """Raises InputError."""
        try:
            return times_of(record.read(path, FORMAT_VERSION))
        except (FileNotFoundError, NotADirectoryError):
            raise InputError(f"There are no times '{path}'.", HELP) from None
        except ValueError as error:
            raise InputError(f"'{path}' doesn't hold the times of sections: {error}.", HELP) from None


HELP = "`msdl bench EXPORT` measures them"


def times_of(data: Mapping[str, Any]) -> Times:
    """The times in a record. Raises ValueError."""
    rows = record.items(data, "sections", list)
    return Times(
        record.field(data, "engine", str),
        record.field(data, "threads", int),
        record.field(data, "machine", str),
        record.items(data, "batches", int),
        tuple(tuple(record.typed(value, float, "the time of a section") for value in row) for row in rows),
        record.items(data, "gathers", float),
        record.items(data, "direct", float),
    )


def machine(device: torch.device) -> str:
    """What computes here, so that times from elsewhere are not taken for ours."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):  # not Linux, or a processor that has no name there
        pass
    return f"{model}, {os.cpu_count()} CPUs"


def measure(
    engine: Engine,
    batches: Sequence[int] = BATCHES,
    *,
    threads: int | None = None,
    repeats: int = REPEATS,
    clock: Clock = time.perf_counter,
) -> Times:
    """Times an engine on images of noise; `threads` is how many it uses, torch's number of them if that isn't said.

    A larger batch never counts as faster than a smaller one: what was measured so was disturbed.
    """
    noise = torch.randn(max(batches), *engine.shape, generator=torch.Generator().manual_seed(0))
    images = noise.to(engine.device, engine.dtype)
    threads = threads or torch.get_num_threads()
    with engine.running():
        columns = [medians(engine, images[:count], repeats, clock) for count in batches]
        return Times(
            engine.name,
            threads,
            machine(engine.device),
            tuple(batches),
            tuple(tuple(accumulate(row, max)) for row in zip(*columns, strict=True)),
            (0.0, *_gathers(engine, images, repeats, clock)),
            _direct(engine, images[:1], clock),
        )


def medians(engine: Engine, images: Tensor, repeats: int, clock: Clock) -> tuple[float, ...]:
    """The seconds of each section on images: medians of runs, after one that isn't counted; inside `running()`."""
    runs = [_lap(engine, images, clock) for _ in range(repeats + 1)][1:]
    return tuple(map(median, zip(*runs, strict=True)))


def _lap(engine: Engine, images: Tensor, clock: Clock) -> list[float]:
    times = []
    start = clock()
    for logits in engine.outputs(images):
        finish(logits)
        now = clock()
        times.append(now - start)
        start = now
    return times


def _gathers(engine: Engine, images: Tensor, repeats: int, clock: Clock) -> list[float]:
    """The seconds an image to keep the state before each section but the first, of every other image."""
    rows = torch.arange(0, len(images), 2, device=images.device)
    nothing = torch.zeros(len(rows), dtype=torch.double, device=images.device)
    state: tuple[Tensor, ...] = (images,)
    found = []
    for section in engine.sections[:-1]:
        _, state = section(*state)
        group, room = Group(rows, nothing, rows, state), Waiting(len(images), engine.gather)

        def gather(group: Group = group, room: Waiting = room) -> None:
            room.put(group)
            room.take(len(group.numbers))
            finish(group.seconds)

        found.append(median(_seconds(gather, repeats, clock)) / len(rows))
    return found


def _direct(engine: Engine, images: Tensor, clock: Clock) -> tuple[float, ...]:
    """For each exit, what its network alone takes for one image at most, but for the slowest in twenty."""
    if engine.direct is None:
        return ()
    found = []
    for exit, _ in enumerate(engine.exits):
        network = engine.direct(exit)
        runs = _seconds(lambda network=network: finish(network(images)), DIRECT_RUNS, clock)  # type: ignore[misc]
        found.append(sorted(runs)[math.ceil(0.95 * DIRECT_RUNS) - 1])
    return tuple(found)


def _seconds(action: Callable[[], None], repeats: int, clock: Clock) -> list[float]:
    """How long it takes each time, after one that isn't counted."""
    found = []
    for _ in range(repeats + 1):
        start = clock()
        action()
        found.append(clock() - start)
    return found[1:]
