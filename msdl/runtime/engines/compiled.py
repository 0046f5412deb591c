"""The engine `compiled`: torch.compile, a section at a time; on a GPU its kernels are launched as CUDA graphs."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch._dynamo.exc import BackendCompilerFailed

from msdl.runtime import toolchain
from msdl.runtime.engines.captured import Captured
from msdl.runtime.engines.eager import STEP, eager
from msdl.runtime.engines.engine import CPU, Direct, Engine
from msdl.runtime.engines.exported import exported
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import Manifest
from msdl.runtime.sections import Section, State
from msdl.runtime.trained import Trained

HELP = "`msdl doctor` says which compiler is used; the engine 'torch' needs none"


def compiled(network: Trained | Manifest, device: torch.device = CPU) -> Engine:
    """A network, or an export of it for torch, compiled when it first runs, which takes minutes where it is large.

    Raises InputError.
    """
    if device.type == "cpu" and (lacking := toolchain.lacking()):
        raise InputError(f"The engine 'compiled' needs {lacking.what}.", lacking.remedy)
    engine = exported(network, device, _ready) if isinstance(network, Manifest) else _of_module(network, device)
    # A CUDA graph is captured for every size that comes, so few sizes shall come; compiled code takes any.
    return replace(engine, name="compiled", step=1 if device.type == "cpu" else STEP, running=_running)


def _of_module(network: Trained, device: torch.device) -> Engine:
    engine = eager(copy.deepcopy(network.model).to(device).eval())

    @cache
    def direct(exit: int) -> Direct:
        (section,) = _of_module(network.alone(exit + 1), device).sections
        return lambda images: section(images)[0]

    return replace(engine, sections=tuple(map(_ready, engine.sections)), direct=direct)


def _ready(section: Section) -> Section:
    """A section compiled once for 1 image and once or twice for more: their number is left open.

    Code for one size of batch is made in about a minute a section, and every size that comes would wait for it. When
    it runs, the section raises InputError where the compiler fails.
    """
    code: Section = torch.compile(section)

    def run(*state: Tensor) -> tuple[Tensor, State]:
        if len(state[0]) > 1:
            for tensor in state:
                torch._dynamo.maybe_mark_dynamic(tensor, 0)
        try:
            return code(*state)
        except BackendCompilerFailed as error:
            reason = str(error).partition("\n")[0].rstrip(".")
            raise InputError(f"torch.compile can't make code of a section: {reason}.", HELP) from None

    return Captured(run)


@contextmanager
def _running() -> Iterator[None]:
    """Weights are constants while code is made, so that batch norms are folded and weights laid out for the processor.

    The compiler asks for it here; where only `torch.compile` is told, the weights stay arguments.
    """
    config: Any = torch._inductor.config
    with torch.inference_mode(), config.patch(freezing=True):
        yield
