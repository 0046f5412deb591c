"""The course of a benchmark: what is measured one after the other, engines side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msdl.deployment.bench.images import Benched
from msdl.deployment.bench.latency import exit_times, latencies
from msdl.deployment.bench.plan import Mixing, Plan
from msdl.deployment.bench.results import ExitTime, MixTime
from msdl.deployment.bench.throughput import Lane, images_for, loads, mix_times, throughputs
from msdl.runtime.opened import Opened
from msdl.runtime.sections import Clock
from msdl.runtime.times import Times, measure

Said = Callable[[str], object]


def nobody(said: str) -> None:
    """Listens to nothing that is said."""


@dataclass(frozen=True)
class Course:
    """One network with several engines, and what they are measured on, with how many threads, by which clock."""

    plan: Plan
    threads: int
    found: tuple[Opened, ...]
    images: Benched
    clock: Clock
    said: Said

    @property
    def macs(self) -> list[int]:
        return [exit.macs for exit in self.found[0].exits]

    def exits(self) -> list[tuple[ExitTime, ...]]:
        """Of every engine the times of its exits, batch size after batch size."""
        names = [exit.name for exit in self.found[0].exits]
        rows: list[tuple[ExitTime, ...]] = [() for _ in self.found]
        for batch in self.plan.batches:
            self.said(f"exits in batches of {batch}")
            engines = [each.engine for each in self.found]
            of_engines = latencies(engines, self.images, batch, self.plan.runs, self.clock)
            for number, laps in enumerate(of_engines):
                rows[number] += exit_times(names, self.macs, batch, laps)
        return rows

    def lanes(self) -> list[Lane]:
        """The engines; those of an export know what their sections take."""
        return [Lane(each.engine, None if each.kind != "export" else self._times(each)) for each in self.found]

    def _times(self, opened: Opened) -> Times:
        self.said(f"sections under {opened.engine.name}")
        sizes = sorted(self.plan.batches)
        return measure(opened.engine, sizes, threads=self.threads, clock=self.clock)

    def mixes(
        self, lanes: Sequence[Lane], mixing: Mixing, exits: Sequence[tuple[ExitTime, ...]]
    ) -> list[tuple[MixTime, ...]]:
        """Of every engine the times of its mixes; the slowest decides how many images there are."""
        if not mixing.forced:
            return [() for _ in lanes]
        self.said("mixes of exits")
        batch = self.plan.mix_batch
        slowest = max(exit.p50 for times in exits for exit in times if exit.batch == batch)
        count = images_for(self.plan.images, batch, slowest)
        work = loads(mixing.forced, mixing.own, count, batch)
        passes = throughputs(lanes, self.images, work, self.plan.runs, self.clock)
        return [mix_times(self.macs, work, of_engine) for of_engine in passes]
