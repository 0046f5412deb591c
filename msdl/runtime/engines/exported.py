"""The engine `torch` for an export: its programs, as torch.export saved them."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import torch
from torch import Tensor

from msdl.runtime.engines import graphs
from msdl.runtime.engines.eager import STEP
from msdl.runtime.engines.engine import CPU, Direct, Engine
from msdl.runtime.engines.graphs import Graph, insist_on
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import Manifest
from msdl.runtime.sections import Section, State

# How a section is made ready before it runs: as it is, or compiled.
Ready = Callable[[Section], Section]


def exported(manifest: Manifest, device: torch.device = CPU, ready: Ready = lambda section: section) -> Engine:
    """An export whose target is pt2. Raises InputError."""
    found = graphs.read(manifest)
    sections = tuple(_checked(graph, ready(program(graph, device)), device) for graph in found.sections)
    engine = Engine("torch", found.exits, found.shape, sections, device=device, step=STEP, running=torch.inference_mode)
    graph_of = found.direct
    if graph_of is None:
        return engine

    @cache
    def direct(exit: int) -> Direct:
        graph = graph_of(exit)
        section = _checked(graph, ready(program(graph, device)), device)
        return lambda images: section(images)[0]

    return replace(engine, direct=direct)


def program(graph: Graph, device: torch.device) -> Section:
    """The section that a file holds, where it shall run. Raises InputError."""
    try:
        loaded = torch.export.load(io.BytesIO(graph.content))
        if device.type != "cpu":
            from torch.export.passes import move_to_device_pass

            loaded = move_to_device_pass(loaded, device)
        section: Section = loaded.module()
    except Exception as error:  # whatever unpacking a file that is none of these may raise
        raise InputError(f"{graph.name} is no program that torch can use: {error}.") from None
    return section


def _checked(graph: Graph, section: Section, device: torch.device) -> Section:
    """A section that says what it reads where it is given something else."""

    def checked(*state: Tensor) -> tuple[Tensor, State]:
        insist_on(state, graph.inputs, graph.name, device)
        return section(*state)

    return checked
