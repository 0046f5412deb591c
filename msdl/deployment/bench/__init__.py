"""Benchmarks of engines: the time to every exit, the time of mixes of exits, and how much of the saved MACs it shows.

SPEC | RUN | EXPORT -opened-> engines -latencies-> times of exits -throughputs-> times of mixes -> Benchmark
                              `-measure-> times.json of an EXPORT, by which its queues decide whom to gather
"""

from __future__ import annotations

import time
from pathlib import Path

from msdl.deployment.bench.course import Course, Said, nobody
from msdl.deployment.bench.images import benched
from msdl.deployment.bench.plan import Plan, mixing, sized
from msdl.deployment.bench.results import Benchmark, EngineResult
from msdl.deployment.bench.surroundings import threads_of_torch, versions
from msdl.runtime.manifest import TIMES
from msdl.runtime.opened import Opened, opened
from msdl.runtime.sections import Clock
from msdl.runtime.times import Times, machine

__all__ = ["Benchmark", "Plan", "bench"]


def bench(source: str, plan: Plan, *, clock: Clock = time.perf_counter, said: Said = nobody) -> Benchmark:
    """Measures engines side by side on a SPEC, a RUN or an EXPORT, whose sections' times it keeps in times.json.

    `said` is told what is being measured. Raises InputError and SpecError.
    """
    with threads_of_torch(plan.threads) as threads:
        found = _opened(source, plan)
        first = found[0]
        plan = sized(plan, first.exits[-1].macs)
        images = benched(first, plan.images, max(plan.batches), plan.data)
        chosen = mixing(plan, first, images)
        course = Course(plan, threads, found, images, clock, said)
        exits = course.exits()
        lanes = course.lanes()
        notes = (*chosen.notes, *_kept(lanes[0].times, Path(source) / TIMES))
        mixes = course.mixes(lanes, chosen, exits)
    results = zip(found, exits, mixes, strict=True)
    engines = tuple(EngineResult(each.engine.name, of_exits, of_mixes) for each, of_exits, of_mixes in results)
    return Benchmark(
        source,
        first.kind,
        first.network,
        threads,
        machine(first.engine.device),
        str(first.engine.device),
        images.name,
        versions(),
        engines,
        notes,
    )


def _opened(source: str, plan: Plan) -> tuple[Opened, ...]:
    return tuple(
        opened(source, name, settings=plan.settings or None, device=plan.device, threads=plan.threads)
        for name in plan.engines
    )


def _kept(times: Times | None, path: Path) -> tuple[str, ...]:
    """Writes the times of an export's sections; where they can't be written, a note says so."""
    if times is None:
        return ()
    try:
        times.write(path)
    except OSError as error:
        return (f"The times of the sections are not kept: '{path}' can't be written: {error.strerror or error}.",)
    return ()
