"""The time until each exit has answered for a batch, through the sections before it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from msdl.deployment.bench.images import Benched
from msdl.deployment.bench.results import ExitTime, efficiency, percentile
from msdl.deployment.bench.turns import PAUSE, enough, turns
from msdl.runtime.engines import Engine
from msdl.runtime.sections import Clock, finish

RUNS, LEAST = 200, 5
LONGEST = 30.0  # seconds that an engine runs in batches of one size, unless runs were asked for
WARM_UP = 3  # compilers compile at first, and CUDA graphs are recorded the time after

Lap = tuple[float, ...]


def laps(engine: Engine, images: Tensor, count: int, clock: Clock) -> tuple[Lap, ...]:
    """Run after run, the seconds until each exit has answered."""
    with engine.running():
        return tuple(_lap(engine, images, clock) for _ in range(count))


def _lap(engine: Engine, images: Tensor, clock: Clock) -> Lap:
    ends = []
    start = clock()
    for logits in engine.outputs(images):
        finish(logits)
        ends.append(clock() - start)
    return tuple(ends)


def latencies(
    engines: Sequence[Engine], images: Benched, batch: int, runs: int | None, clock: Clock
) -> list[tuple[Lap, ...]]:
    """Of every engine the laps on one batch. Engines take turns, and in its turn none starts cold."""
    given = images.first(batch).to(engines[0].device, engines[0].dtype)
    counts = []
    for engine in engines:
        *_, last = laps(engine, given, WARM_UP, clock)
        counts.append(enough(runs, RUNS, LEAST, last[-1], LONGEST))
    found: list[tuple[Lap, ...]] = [() for _ in engines]
    several = len(engines) > 1
    for each, count in turns(counts, pause=PAUSE if several else 0.0):
        found[each] += laps(engines[each], given, several + count, clock)[several:]
    return found


def exit_times(names: Sequence[str], macs: Sequence[int], batch: int, laps: Sequence[Lap]) -> tuple[ExitTime, ...]:
    """Laps as times of exits, each held against the last one."""
    columns = [tuple(column) for column in zip(*laps, strict=True)]
    medians = [percentile(column, 0.5) for column in columns]
    return tuple(
        ExitTime(name, batch, seconds, cost, efficiency(middle, medians[-1], cost, macs[-1]))
        for name, cost, seconds, middle in zip(names, macs, columns, medians, strict=True)
    )
