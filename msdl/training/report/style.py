"""How plots look: one place for their sizes, type and colours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Points, which an SVG's units are; on a phone a plot is as wide as the screen, and its type still legible.
WIDE = (420.0, 300.0)
SMALL = (200.0, 190.0)
POINTS_PER_INCH = 72

INK, QUIET, RULE, FAINT = "#1d2329", "#5d6873", "#dfe3e7", "#a3adb6"
# After Okabe and Ito (2008), which people who see few colours tell apart, darkened until words in them can be read.
SERIES = ("#00639c", "#b34700", "#00704f", "#9c3f79", "#7a5c00", "#3b3f8f", "#8a1c1c", "#37616b")
MARKERS = "osD^vPX*"
GAP = "#b34700"

RC: dict[Any, Any] = {
    "font.size": 11,
    "text.color": INK,
    "axes.labelcolor": QUIET,
    "axes.labelsize": 11,
    "axes.edgecolor": FAINT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "lines.linewidth": 1.8,
    "lines.markersize": 5.5,
    "svg.fonttype": "none",  # words stay words: they can be searched and read aloud
    "svg.hashsalt": "msdl",  # the same plot has the same ids
}


@contextmanager
def plot(size: tuple[float, float]) -> Iterator[tuple[Figure, Axes]]:
    """An empty plot of a size in points, to be drawn and written inside the `with`."""
    width, height = size
    with matplotlib.rc_context(RC):
        figure = Figure(figsize=(width / POINTS_PER_INCH, height / POINTS_PER_INCH), layout="constrained")
        figure.patch.set_visible(False)
        axes = figure.add_subplot()
        axes.patch.set_visible(False)
        yield figure, axes


def series(number: int) -> tuple[str, str]:
    """The colour and the marker of a series."""
    return SERIES[number % len(SERIES)], MARKERS[number % len(MARKERS)]


def steps(count: int) -> list[str]:
    """Colours from the first exit to the last: ever darker, the same hue for those who see few colours."""
    shades = matplotlib.colormaps["viridis_r"]
    places = [0.12 + 0.8 * number / max(count - 1, 1) for number in range(count)]
    return [matplotlib.colors.to_hex(shades(place)) for place in places]
