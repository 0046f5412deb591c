"""Accuracy against confidence of one exit."""

from __future__ import annotations

from msdl.training.evaluation.reliability import Reliability
from msdl.training.report.style import FAINT, GAP, SERIES, SMALL, plot
from msdl.training.report.svg import Plot, inline

LARGEST = 160.0  # square points: a bin that holds all images


def reliability_plot(found: Reliability, name: str, about: str) -> Plot:
    """A dot a bin, as large as the bin holds images, and its distance from where accuracy equals confidence."""
    images = sum(bin.images for bin in found.bins)
    confidences = [100 * bin.confidence for bin in found.bins]
    accuracies = [100 * bin.accuracy for bin in found.bins]
    with plot(SMALL) as (figure, axes):
        axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.vlines(confidences, confidences, accuracies, color=GAP, linewidth=1.4)
        sizes = [max(8.0, LARGEST * bin.images / images) for bin in found.bins]
        axes.scatter(confidences, accuracies, s=sizes, color=SERIES[0], zorder=3, clip_on=False)
        axes.set_xlim(0, 104)
        axes.set_ylim(0, 104)
        axes.set_xticks([0, 50, 100])
        axes.set_yticks([0, 50, 100])
        axes.set_xlabel("confidence, %")
        axes.set_ylabel("accuracy, %")
        return inline(figure, name, about)
