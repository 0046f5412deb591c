"""Evaluations -> one HTML file that shows them: curves, histograms, images, calibration, tables.

The file needs nothing else, and its content security policy allows nothing else: no script, one style by its hash,
pictures from `data:` addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from jinja2 import Environment

from msdl import templates
from msdl.backends.html.inks import ink, inks
from msdl.language import highlight
from msdl.quantities import amount
from msdl.runtime.run import SPEC, Run
from msdl.training.evaluation.results import Evaluation
from msdl.training.evaluation.subject import Subject
from msdl.training.report.contents import chapter, comparison
from msdl.training.report.svg import Plot
from msdl.version import VERSION


def page(evaluations: Sequence[Evaluation], ensemble: Evaluation | None = None) -> str:
    """The report of one run, or of several on one another, with the ensemble of them as one more curve."""
    told = [*evaluations, *([ensemble] if ensemble else [])]
    chapters = [chapter(evaluation, number) for number, evaluation in enumerate(evaluations, start=1)]
    plots = comparison(told)
    return page_of(
        "report.html.jinja",
        (*plots, *(plot for each in chapters for plot in each.plots)),
        [color for each in chapters for color in each.colors],
        evaluations=told,
        chapters=chapters,
        ensemble=ensemble,
        plots=plots,
        measuring=evaluations[0].measuring,
        data=evaluations[0].subject.data,
        specs=specs_of(evaluations),
    )


def page_of(template: str, drawn: Iterable[Plot], colors: Iterable[str], **values: Any) -> str:
    """A template with its values, and with the colours of what is drawn, and others."""
    known = {color for plot in drawn for color in plot.colors} | {*colors}
    style = "\n".join([templates.part(_templates(), "report.css"), inks(sorted(known)), highlight.css()])
    return (
        _templates()
        .get_template(template)
        .render(values, version=VERSION, style=style, style_hash=templates.policy_hash(style))
    )


class _Evaluated(Protocol):
    @property
    def subject(self) -> Subject: ...


def specs_of(evaluations: Sequence[_Evaluated]) -> list[str]:
    """The specs of the runs in colour; empty where there is none any more."""
    return [_spec(each.subject.run, number) for number, each in enumerate(evaluations)]


def _spec(run: Run | None, number: int) -> str:
    try:
        text = run.path(SPEC).read_text(encoding="utf-8") if run else ""
    except (OSError, UnicodeDecodeError):
        return ""
    return highlight.html(text, prefix=f"spec{number}-line") if text else ""


@cache
def _templates() -> Environment:
    environment = templates.environment("msdl.training.report", html=True)
    filters: dict[str, Callable[..., str]] = {
        "amount": rounded,
        "ink": ink,
        "percent": percent,
        "surely": surely,
        "ms": ms,
    }
    environment.filters |= filters
    return environment


def rounded(number: float) -> str:
    return amount(round(number))


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def surely(confidence: float) -> str:
    """A confidence, with more digits where it is near to certainty: `87 %`, `99.93 %`, `> 99.99 %`."""
    if confidence > 0.9999:
        return "> 99.99 %"
    return percent(confidence, 0 if confidence < 0.995 else 2)


def ms(milliseconds: float) -> str:
    """Three digits that count: `0.0123`, `1.23`, `123`."""
    return f"{milliseconds:#.3g}".rstrip(".")
