"""The figures: results.json -> accuracy against MACs, mean and spread of the seeds, as SVG."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from networks import MSDNET, NETWORKS
from summary import Point, Results, budgets, exits

from msdl.training.report.curves import spread
from msdl.training.report.style import plot, series

SIZE = (560.0, 340.0)  # points
LINE = 15.0  # points from one name to the next
MILLION = 1e6
LOWEST = 90.0  # percent; the first exits of some networks lie far below, and would flatten all else

# Which series' colour each network has; a single exit has that of the network that it is compared with.
RIVALS: Mapping[str, int] = MappingProxyType(
    {MSDNET: 0, "resnet_mc": 1, "densenet_mc": 2, "without_exits": 0, "resnet": 1, "densenet": 2}
)
ABLATIONS: Mapping[str, int] = MappingProxyType(
    {MSDNET: 0, "without_dense": 3, "without_multiscale": 4, "without_exits": 0}
)


@dataclass(frozen=True)
class Curve:
    """A network's points, and which series it is."""

    name: str
    series: int
    points: Sequence[Point]


def anytime(results: Results) -> str:
    """The exits of MSDNet and of its rivals."""
    return figure(curves(results, RIVALS, exits))


def budgeted(results: Results) -> str:
    """What budgets buy in the same networks; without early exits there is but one cost."""
    return figure(
        curves(results, RIVALS, lambda results, network: budgets(results, network) or exits(results, network))
    )


def ablations(results: Results) -> str:
    """The exits of MSDNet, and of networks that lack one of its parts."""
    return figure(curves(results, ABLATIONS, exits))


FIGURES: Mapping[str, Callable[[Results], str]] = MappingProxyType(
    {"anytime": anytime, "budgeted": budgeted, "ablations": ablations}
)


def curves(
    results: Results, networks: Mapping[str, int], points: Callable[[Results, str], Sequence[Point]]
) -> list[Curve]:
    return [Curve(NETWORKS[network], number, points(results, network)) for network, number in networks.items()]


def figure(drawn: Sequence[Curve]) -> str:
    """Lines through the means, in bands from the worst seed to the best, as an SVG file."""
    with plot(SIZE) as (page, axes):
        page.patch.set(visible=True, facecolor="white")
        for curve in drawn:
            _draw(axes, curve)
        axes.set_ylim(bottom=max(LOWEST, axes.get_ylim()[0]))
        axes.set_xlim(left=0)
        axes.set_xlabel("million MACs per image")
        axes.set_ylabel("test accuracy, %")
        axes.xaxis.set_major_locator(MaxNLocator(8))
        _name(axes, drawn)
        return _svg(page)


def _draw(axes: Axes, curve: Curve) -> None:
    color, marker = series(curve.series)
    macs = [point.macs / MILLION for point in curve.points]
    mean, low, high = ([getattr(point, of) for point in curve.points] for of in ("mean", "low", "high"))
    if len(curve.points) == 1:
        below, above = [mean[0] - low[0]], [high[0] - mean[0]]
        axes.errorbar(macs, mean, [below, above], fmt=marker, color=color, markerfacecolor="white", elinewidth=1.2)
        return
    axes.fill_between(macs, low, high, color=color, alpha=0.13, linewidth=0)
    size = 5.5 if len(macs) < 10 else 3
    axes.plot(macs, mean, marker=marker, color=color, markersize=size)


def _name(axes: Axes, drawn: Sequence[Curve]) -> None:
    """Writes the networks' names beside the right end, none on another; a single exit's in brackets."""
    low, high = axes.get_ylim()
    ordered = sorted(drawn, key=lambda curve: curve.points[-1].mean)
    places = spread([(curve.points[-1].mean - low) / (high - low) for curve in ordered], LINE / SIZE[1])
    for curve, place in zip(ordered, places, strict=True):
        axes.annotate(
            f"({curve.name})" if len(curve.points) == 1 else curve.name,
            (1, place),
            (6, 0),
            "axes fraction",
            "offset points",
            color=series(curve.series)[0],
            va="center",
            annotation_clip=False,
        )


def _svg(page: Figure) -> str:
    written = io.StringIO()
    FigureCanvasSVG(page).print_svg(written, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"
