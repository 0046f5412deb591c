"""Evaluations of networks whose exits are maps -> one HTML file: curves, tables by exit and class, masks to compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from msdl.runtime.maps import VOID
from msdl.training.evaluation.map_examples import MapExample, contrasts
from msdl.training.evaluation.maps import MapEvaluation, answers, ignored_by
from msdl.training.report import page_of, specs_of
from msdl.training.report.curves import MACS, TIME, Cost, Curve, drawn
from msdl.training.report.pictures import color, larger_uri, mask_uri
from msdl.training.report.style import SERIES, series
from msdl.training.report.svg import Plot

PER_KIND = 3
TITLES = {
    "easiest": ("Easiest", "The last exit is best on these."),
    "hardest": ("Hardest", "The last exit is worst on these."),
    "gained": ("Worth the wait", "On these the last exit gains most against the first."),
}


@dataclass(frozen=True)
class Shown:
    """A test image with its mask and what each exit told, as addresses of pictures, and the exits' mean IoUs."""

    name: str
    image: str
    mask: str
    told: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Group:
    """Images under a title."""

    title: str
    about: str
    images: tuple[Shown, ...]


@dataclass(frozen=True)
class Chapter:
    """What the page says of one network."""

    evaluation: MapEvaluation
    groups: tuple[Group, ...]

    @property
    def classes(self) -> list[tuple[str, str, tuple[float | None, ...]]]:
        """Of every class its name, its colour and its IoU at each exit."""
        names = self.evaluation.subject.data.classes
        rows = zip(*(exit.ious for exit in self.evaluation.exits), strict=True)
        return [(name, color(number), row) for number, (name, row) in enumerate(zip(names, rows, strict=True))]


def page(evaluations: Sequence[MapEvaluation]) -> str:
    """The report of one run, or of several on one another."""
    plots = (_curves(evaluations, MACS, "macs"), _curves(evaluations, TIME, "ms"))
    return page_of(
        "maps.html.jinja",
        plots,
        (),
        plots=plots,
        chapters=[_chapter(evaluation) for evaluation in evaluations],
        measuring=evaluations[0].measuring,
        data=evaluations[0].subject.data,
        specs=specs_of(evaluations),
    )


def _chapter(evaluation: MapEvaluation) -> Chapter:
    found = contrasts(evaluation, PER_KIND)
    groups = [
        Group(*TITLES[each.name], tuple(_shown(evaluation, one) for one in each.examples))
        for each in found
        if each.examples
    ]
    return Chapter(evaluation, tuple(groups))


def _shown(evaluation: MapEvaluation, example: MapExample) -> Shown:
    subject = evaluation.subject
    pixels, mask = subject.data.test[example.image]
    assert isinstance(mask, Tensor)
    told = [mask_uri(answer, VOID) for answer in answers(subject, example.image)]
    name = subject.data.test.names[example.image]
    return Shown(
        name, larger_uri(pixels), mask_uri(mask, ignored_by(subject)), tuple(zip(told, example.mious, strict=True))
    )


def _curves(evaluations: Sequence[MapEvaluation], cost: Cost, name: str) -> Plot:
    """Mean IoU against a cost, a point an exit."""
    single = len(evaluations) == 1
    curves = []
    for number, evaluation in enumerate(evaluations):
        points = [(cost.of_exit(exit), 100 * exit.miou) for exit in evaluation.exits]
        colour, marker = (SERIES[1], "s") if single else series(number)
        curves.append(Curve("" if single else evaluation.name, points, colour, {"marker": marker}))
    ends = "; ".join(f"{each.name}: {100 * each.last.miou:.1f} % at {each.last.name}" for each in evaluations)
    exits = [exit.name for exit in evaluations[0].exits] if single else []
    return drawn(curves, (cost.name, "mean IoU, %"), exits, name, f"Mean IoU against {cost.name}. {ends}.")
