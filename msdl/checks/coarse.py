"""The coarse-feature constraints (MSDNet, sections 3 and 4).

A classifier works on coarse features alone; what hurts early exits in other networks is that they lack them. So in a
grid of `layers` every classifier reads the coarsest scale, that scale is live from layer 0 to the last exit, and every
exit's features have passed through it. `on scale s` says that a spec means otherwise: the error becomes a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from msdl.checks.subject import Subject
from msdl.diagnostics import Diagnostic, Label, Severity
from msdl.network.graph import Exit


def classifiers_read_the_coarsest_scale(subject: Subject) -> Iterator[Diagnostic]:
    """Every classifier reads the coarsest scale.

    Without `on scale` it can't do otherwise where that scale is live; where it isn't, the second law says so.
    """
    coarsest = subject.graph.scales
    for exit in subject.classifiers:
        if exit.scale != coarsest and exit.placed:
            yield Diagnostic(
                "MSD521",
                Severity.WARNING,
                f"The classifier at layer {exit.layer} reads scale {exit.scale}, but scale {coarsest} is the coarsest.",
                exit.span,
                "meant, as `on scale` says",
                (Label(subject.spec.scales.span, f"{coarsest} scales are declared here"),),
                ("classifiers need coarse features to be accurate (MSDNet, section 4)",),
            )


def coarsest_scale_is_live_throughout(subject: Subject) -> Iterator[Diagnostic]:
    """The coarsest scale is live from layer 0 to the last exit."""
    coarsest = subject.graph.scales
    if coarsest == 1 or not subject.classifiers or _at_layer_0(coarsest) in subject.graph.outputs:
        return
    first = min(subject.classifiers, key=lambda exit: exit.placed)
    yield Diagnostic(
        "MSD508",
        _severity(first),
        f"Scale {coarsest}, the coarsest, is not live at layer 0, so classifiers lack coarse features at first.",
        subject.spec.scales.span,
        f"scale {coarsest} is declared here",
        (Label(first.span, "the first classifier is here"),),
        help="" if first.placed else "lead the stem down the scales: `vertical conv3x3(init)/2 bn relu`",
    )


def features_pass_the_coarsest_scale(subject: Subject) -> Iterator[Diagnostic]:
    """Every exit's features have passed through the coarsest scale: they depend on its value at layer 0."""
    coarsest = subject.graph.scales
    coarse = subject.graph.outputs.get(_at_layer_0(coarsest))
    if coarse is None:
        return
    reached = _descendants(subject, coarse)
    for exit in subject.classifiers:
        if exit.scale == coarsest and exit.features not in reached:
            yield Diagnostic(
                "MSD509",
                _severity(exit),
                f"The features that {exit.name} reads at layer {exit.layer} have not passed through scale {coarsest}:"
                " they don't depend on its value at layer 0.",
                exit.span,
                "",
                (Label(subject.graph[exit.features].cell.span, f"scale {coarsest} is renewed without its old value"),),
                help="" if exit.placed else "add a `horizontal` path, or keep the old value with `dense` or `residual`",
            )


def _severity(exit: Exit) -> Severity:
    return Severity.WARNING if exit.placed else Severity.ERROR


def _at_layer_0(scale: int) -> str:
    return f"layer0.scale{scale}"


def _descendants(subject: Subject, id: str) -> set[str]:
    found = {id}
    for node in subject.graph:
        if not found.isdisjoint(node.inputs):
            found.add(node.id)
    return found
