"""A benchmark as it might have been found, in round numbers."""

from __future__ import annotations

from msdl.deployment.bench.mixes import STANDARD
from msdl.deployment.bench.results import Benchmark, EngineResult, ExitTime, MixTime

MACS = (1_000_000, 2_000_000, 4_000_000)
NAMES = ("exit1", "exit2", "exit3")


def engine(name: str, slower: float) -> EngineResult:
    """Exits that convert less the earlier they are; every third run takes twice as long."""
    exits = [
        ExitTime(exit, batch, tuple(slower * batch * macs * 1e-9 * times for times in (1, 1, 2)), macs, 1.0)
        for batch in (1, 64)
        for exit, macs in zip(NAMES, MACS, strict=True)
    ]
    mixes = [
        MixTime("all-last", 64, 2048, 8.0 * slower, 4e6, 1.0, (0.0, 0.0, 1.0), 5, forced=True),
        MixTime(STANDARD[0], 64, 2048, 5.0 * slower, 2e6, 1.25, (0.5, 0.25, 0.25), 5, forced=True),
        MixTime("own", 64, 2048, 4.0 * slower, 2e6, 1.0, (0.4, 0.4, 0.2), 5, forced=False),
    ]
    return EngineResult(name, tuple(exits), tuple(mixes))


def benchmark(*engines: EngineResult, notes: tuple[str, ...] = ()) -> Benchmark:
    versions = {"msdl": "1.0", "torch": "2.0"}
    where = (2, "a machine", "cpu", "test images of '<digits>'")
    return Benchmark("runs/some", "run", "a_network", *where, versions, engines, notes)
