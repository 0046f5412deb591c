"""A benchmark -> one HTML file that shows it: time against exit, time against MACs, mixes, tables.

The file needs nothing else, and its content security policy allows nothing else, as with `msdl.training.report`, whose
looks it has.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from jinja2 import Environment

from msdl import templates
from msdl.backends.html.inks import ink, inks
from msdl.deployment.bench.report.contents import Contents, contents
from msdl.deployment.bench.report.plots import FAINT
from msdl.deployment.bench.results import Benchmark
from msdl.quantities import amount
from msdl.training.report import ms, percent, rounded
from msdl.version import VERSION

LOOKS = "msdl.training.report"


def page(found: Benchmark) -> str:
    """The report of a benchmark."""
    shown = contents(found)
    style = "\n".join([templates.part(templates.environment(LOOKS, html=True), "report.css"), inks(_colors(shown))])
    return _templates().get_template("bench.html.jinja").render(
        found=found,
        shown=shown,
        of_macs=FAINT,
        version=VERSION,
        style=style,
        style_hash=templates.policy_hash(style),
    )  # fmt: skip


def _colors(shown: Contents) -> list[str]:
    return sorted({FAINT, *shown.colors, *(color for plot in shown.plots for color in plot.colors)})


@cache
def _templates() -> Environment:
    environment = templates.environment("msdl.deployment.bench.report", html=True)
    filters: dict[str, Callable[..., str]] = {
        "amount": amount,
        "ink": ink,
        "ms": milliseconds,
        "percent": percent,
        "ratio": ratio,
        "rounded": rounded,
    }
    environment.filters |= filters
    return environment


def milliseconds(seconds: float) -> str:
    return ms(1000 * seconds) if seconds < 1 else f"{1000 * seconds:,.0f}"


def ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
