"""The laws of the domain: one function each, in a table.        <- add a check here

A check takes the elaborated network and yields its breaches. It looks at the whole; what is wrong with one expression
was said where it was elaborated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msdl.checks.coarse import (
    classifiers_read_the_coarsest_scale,
    coarsest_scale_is_live_throughout,
    features_pass_the_coarsest_scale,
)
from msdl.checks.grid import exits_read_compressed_maps, nodes_reach_an_exit, scales_are_used
from msdl.checks.identifiers import names_fit_a_module
from msdl.checks.subject import Subject
from msdl.diagnostics import Diagnostic, Findings, error, has_errors
from msdl.language.spec import NetworkSpec
from msdl.network.graph import Graph
from msdl.network.prune import chosen_exit, pruned

Check = Callable[[Subject], Iterator[Diagnostic]]

# These hold for a graph with broken nodes too, so that their breaches come out together with other mistakes.
OF_THE_GRAPH: tuple[Check, ...] = (
    names_fit_a_module,
    classifiers_read_the_coarsest_scale,
    coarsest_scale_is_live_throughout,
    features_pass_the_coarsest_scale,
    exits_read_compressed_maps,
)
# These need every shape.
OF_A_SOUND_GRAPH: tuple[Check, ...] = (
    nodes_reach_an_exit,
    scales_are_used,
)


def check(
    graph: Graph, spec: NetworkSpec, sound: bool, exit: str | int | None = None
) -> tuple[Graph | None, tuple[Diagnostic, ...]]:
    """The network, without the nodes that reach no exit, and what the checks found.

    `sound` tells that no stage before found an error; `exit` keeps one exit alone. The network is None where it could
    not be built.
    """
    findings = Findings()
    subject = Subject(graph, spec)
    for law in OF_THE_GRAPH:
        findings.add(*law(subject))
    if not sound or has_errors(findings):
        return None, tuple(findings)
    if exit is not None:
        only = chosen_exit(graph, exit)
        if only is None:
            names = ", ".join(known.name for known in graph.exits)
            message = f"There is no exit '{exit}'; the exits are: {names}."
            return None, (*findings, error("MSD507", message))
        return pruned(graph, only), tuple(findings)
    for law in OF_A_SOUND_GRAPH:
        findings.add(*law(subject))
    return subject.pruned, tuple(findings)
