"""Measured time as plots: against exits, against MACs, and of mixes."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.ticker import MaxNLocator

from msdl.deployment.bench.results import EngineResult
from msdl.training.report.style import FAINT, QUIET, WIDE, plot, series
from msdl.training.report.svg import Plot, inline

__all__ = ["FAINT", "mix_bars", "time_by_exit", "time_by_macs"]

TICKS = 8
ROUND = [1, 2, 2.5, 5, 10]
BAR = 0.8  # of the room that a mix has; the rest keeps mixes apart


def time_by_exit(engines: Sequence[EngineResult], batch: int, name: str, about: str) -> Plot:
    """A line an engine: the median time until each exit, and above it a stroke up to the 95th percentile."""
    with plot(WIDE) as (figure, axes):
        exits = engines[0].at(batch)
        places = range(len(exits))
        for number, engine in enumerate(engines):
            color, marker = series(number)
            middle = [1000 * exit.p50 for exit in engine.at(batch)]
            axes.vlines(places, middle, [1000 * exit.p95 for exit in engine.at(batch)], color=color, linewidth=1)
            axes.plot(places, middle, color=color, marker=marker, markersize=4)
        every = -(-len(exits) // TICKS)
        axes.set_xticks([*places][::every], [exit.name for exit in exits][::every])
        axes.set_ylim(0)
        axes.set_ylabel("milliseconds" if batch == 1 else f"milliseconds, {batch} images")
        axes.yaxis.set_major_locator(MaxNLocator(6, steps=ROUND))
        return inline(figure, name, about)


def time_by_macs(engines: Sequence[EngineResult], batch: int, name: str, about: str) -> Plot:
    """Time against MACs of every exit, both in percent of the last; on the line all saved MACs are saved time."""
    with plot(WIDE) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.annotate("in step", (100, 100), (4, 0), textcoords="offset points", va="center", fontsize=10, color=QUIET)
        for number, engine in enumerate(engines):
            color, marker = series(number)
            exits = engine.at(batch)
            macs = [100 * exit.macs / max(exits[-1].macs, 1) for exit in exits]
            times = [100 * exit.p50 / exits[-1].p50 for exit in exits]
            axes.plot(macs, times, color=color, marker=marker, markersize=4)
        axes.set_xlim(0)
        axes.set_ylim(0)
        axes.set_xlabel("MACs up to the exit, % of the last exit's")
        axes.set_ylabel("time up to the exit, %")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(MaxNLocator(6, steps=ROUND))
        return inline(figure, name, about)


def mix_bars(engines: Sequence[EngineResult], name: str, about: str) -> Plot:
    """For each mix a bar for its MACs and one for its time under each engine, in percent of going to the last exit."""
    mixes = engines[0].mixes
    rows = [(FAINT, [mix.macs / max(mixes[0].macs, 1) for mix in mixes])]
    for number, engine in enumerate(engines):
        rows.append((series(number)[0], [mix.seconds / engine.mixes[0].seconds for mix in engine.mixes]))
    height = BAR / len(rows)
    with plot((WIDE[0], max(WIDE[1], 16.0 * len(rows) * len(mixes)))) as (figure, axes):
        for number, (color, shares) in enumerate(rows):
            places = [mix - BAR / 2 + (number + 0.5) * height for mix, _ in enumerate(shares)]
            bars = axes.barh(places, [100 * share for share in shares], height=0.9 * height, color=color)
            labels = [f"{100 * share:.0f}" for share in shares]
            axes.bar_label(bars, labels, padding=3, fontsize=9, color=QUIET)
        axes.set_yticks(range(len(mixes)), [mix.mix for mix in mixes])
        axes.invert_yaxis()
        axes.grid(visible=False, axis="y")
        axes.margins(x=0.08)
        axes.set_xlabel("% of sending all images to the last exit")
        axes.xaxis.set_major_locator(MaxNLocator(6, steps=ROUND))
        return inline(figure, name, about)
