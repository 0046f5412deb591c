"""NetworkSpec -> Graph: the recurrence over layers and scales, expanded (LANGUAGE, section 4)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from msdl.diagnostics import Diagnostic, Findings, Mistake
from msdl.language.spec import NetworkSpec
from msdl.network.builder import TooLarge
from msdl.network.graph import Graph
from msdl.network.layers import Shape
from msdl.network.names import check_names
from msdl.network.plan import Run, StageRun, SweepRun, plan
from msdl.network.recurrence.exits import exits_at
from msdl.network.recurrence.grid import layers
from msdl.network.recurrence.stages import stages
from msdl.network.recurrence.state import Recurrence
from msdl.network.recurrence.stem import stem
from msdl.network.recurrence.sweeps import sweep

# Blocks that use themselves nest Python's calls about ten deep for each of the hundred uses allowed.
RECURSION_LIMIT = 6_000


def elaborate(spec: NetworkSpec) -> tuple[Graph | None, tuple[Diagnostic, ...]]:
    """The dependency graph, with broken nodes where the network has mistakes; None where there is nothing to show."""
    findings = Findings()
    findings.add(*check_names(spec))
    try:
        with _deep_recursion():
            return _expand(spec, findings), tuple(findings)
    except (Mistake, TooLarge) as found:
        findings.add(found.diagnostic)
    except RecursionError:
        findings.error("MSD106", "The blocks of this network nest too deeply.", spec.name.span)
    return None, tuple(findings)


@contextmanager
def _deep_recursion() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _expand(spec: NetworkSpec, findings: Findings) -> Graph:
    recurrence = Recurrence.of(spec, plan(spec, findings), findings)
    stem(recurrence)
    exits_at(recurrence, 0)
    for run in recurrence.plan.runs:
        match run:
            case Run():
                layers(recurrence, run)
            case StageRun():
                stages(recurrence, run)
            case SweepRun():
                sweep(recurrence, run)
    return Graph.of(
        spec.name.text,
        Shape(*spec.image) if spec.image else Shape(1, 1, 1),
        spec.scales.count,
        bool(recurrence.plan.runs) and all(isinstance(run, Run) for run in recurrence.plan.runs),
        recurrence.exits,
        recurrence.outputs,
        recurrence.builder,
    )
