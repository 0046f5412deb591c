"""What the page of a benchmark shows, in the order in which it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msdl.deployment.bench.mixes import STANDARD
from msdl.deployment.bench.report.plots import mix_bars, time_by_exit, time_by_macs
from msdl.deployment.bench.results import Benchmark, EngineResult, ExitTime, MixTime
from msdl.training.report.style import series
from msdl.training.report.svg import Plot


@dataclass(frozen=True)
class OfSize:
    """The exits in batches of one size: for each exit its times under every engine."""

    batch: int
    by_exit: Plot
    by_macs: Plot
    rows: tuple[tuple[ExitTime, ...], ...]


@dataclass(frozen=True)
class Contents:
    """`colors` are those of the engines; `mixes` has for each mix its times under every engine."""

    colors: tuple[str, ...]
    sizes: tuple[OfSize, ...]
    bars: Plot | None
    mixes: tuple[tuple[MixTime, ...], ...]

    @property
    def plots(self) -> Iterator[Plot]:
        for size in self.sizes:
            yield from (size.by_exit, size.by_macs)
        if self.bars:
            yield self.bars

    @property
    def easy(self) -> MixTime | None:
        """The first engine's time for the mix of mostly easy images."""
        return next((row[0] for row in self.mixes if row[0].mix == STANDARD[0]), None)


def contents(found: Benchmark) -> Contents:
    return Contents(
        tuple(series(number)[0] for number, _ in enumerate(found.engines)),
        tuple(_of_size(found, batch) for batch in found.engines[0].batches),
        mix_bars(found.engines, "mixes", _about_mixes(found.engines)) if found.engines[0].mixes else None,
        tuple(zip(*(each.mixes for each in found.engines), strict=True)),
    )


def _of_size(found: Benchmark, batch: int) -> OfSize:
    ends = "; ".join(
        f"{each.engine}: {1000 * each.at(batch)[0].p50:.3g} ms to {each.at(batch)[0].name}, "
        f"{1000 * each.at(batch)[-1].p50:.3g} ms to {each.at(batch)[-1].name}"
        for each in found.engines
    )
    return OfSize(
        batch,
        time_by_exit(found.engines, batch, f"exits{batch}", f"Time until each exit, batch {batch}. {ends}."),
        time_by_macs(found.engines, batch, f"macs{batch}", f"Time against MACs of each exit, batch {batch}. {ends}."),
        tuple(zip(*(each.at(batch) for each in found.engines), strict=True)),
    )


def _about_mixes(engines: tuple[EngineResult, ...]) -> str:
    told = "; ".join(
        f"{each.engine}, {mix.mix}: {100 * mix.seconds / each.mixes[0].seconds:.0f} %"
        for each in engines
        for mix in each.mixes[1:]
    )
    return f"Time of mixes in percent of sending all images to the last exit. {told}."
