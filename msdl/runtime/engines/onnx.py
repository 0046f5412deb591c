"""The engine `onnx`: a graph a section under ONNX Runtime, on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from msdl.network.schedule import Value
from msdl.runtime.engines import graphs
from msdl.runtime.engines.bound import Bound
from msdl.runtime.engines.engine import Direct, Engine, Gather, select
from msdl.runtime.engines.graphs import Graph, Graphs
from msdl.runtime.errors import InputError
from msdl.runtime.manifest import Manifest
from msdl.runtime.sections import Section, State
from msdl.runtime.trained import Trained

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

PROVIDERS = ("CPUExecutionProvider",)

# Of ONNX Runtime's messages those that it can't go on after: what it raises is told by us.
FATAL = 4

# The threads of the pool that all sessions of this process share, once it is there.
_pool: int | None = None


def onnx(network: Trained | Manifest, threads: int | None = None) -> Engine:
    """A network, or an export of it, as an engine that uses so many threads, or as many as torch does.

    It is for one caller at a time: a section writes into the memory that it wrote into before. Raises InputError.
    """
    runtime = onnxruntime()
    settings = options(threads)
    found = graphs.read(network) if isinstance(network, Manifest) else graphs.written(network)
    return Engine(
        "onnx",
        found.exits,
        found.shape,
        tuple(_section(_bound(runtime, graph, settings)) for graph in found.sections),
        gather=_gather(runtime, settings),
        direct=_direct(runtime, found, settings),
        running=_running,
    )


def onnxruntime() -> ModuleType:
    """The package onnxruntime. Raises InputError where it isn't installed."""
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise InputError(
            f"The engine 'onnx' needs the package '{error.name}'.", "`python -m pip install 'msdl[onnx]'` installs it"
        ) from None
    module: ModuleType = onnxruntime
    return module


def options(threads: int | None = None) -> SessionOptions:
    """How every session is set up: they share one pool of threads, which stop looking for work when a run is over.

    Threads that go on looking, busily, take the processor from the sections and gathers that run next: where every
    session has its own, sections take three to five times as long. Raises InputError.
    """
    runtime = onnxruntime()
    wanted = torch.get_num_threads() if threads is None else threads
    settings = runtime.SessionOptions()
    settings.log_severity_level = FATAL
    settings.add_session_config_entry("session.force_spinning_stop", "1")
    if _shares(runtime, wanted):
        settings.use_per_session_threads = False
    else:
        settings.intra_op_num_threads = wanted
    return settings


def _shares(runtime: ModuleType, threads: int) -> bool:
    """Whether sessions share a pool, which is made once in a process. Raises InputError for another size.

    From then on no session of the process can have threads of its own; so one thread, which needs no pool, makes none.
    """
    global _pool
    if _pool is None and threads == 1:
        return False
    if _pool is None:
        try:
            runtime.set_global_thread_pool_sizes(threads, 1)
        except Exception as error:  # of a class that differs from version to version
            # Where somebody else made a pool, sessions have to use it; where sessions were there first, none can be.
            return "already" in str(error)
        _pool = threads
    if _pool != threads:
        raise InputError(
            f"ONNX Runtime has {_pool} threads in this process, and can't be given {threads}.",
            "the number of threads is chosen once, before the first network is opened",
        )
    return True


def session(runtime: ModuleType, content: bytes, name: str, settings: SessionOptions) -> InferenceSession:
    """A graph that can be run. Raises InputError."""
    try:
        return runtime.InferenceSession(content, settings, providers=PROVIDERS, enable_fallback=0)
    except Exception as error:  # ONNX Runtime has a class of its own for every way to fail
        raise InputError(f"{name} is no graph that ONNX Runtime can use: {error}.") from None


def _bound(runtime: ModuleType, graph: Graph, settings: SessionOptions) -> Bound:
    made = session(runtime, graph.content, graph.name, settings)
    sides = (("reads", made.get_inputs(), graph.inputs), ("puts out", made.get_outputs(), graph.outputs))
    for verb, nodes, values in sides:
        if (found := [_value(node) for node in nodes]) != [*values]:
            raise InputError(f"{graph.name} {verb} {_listed(found)}, not {_listed(values)} as its network needs.")
    return Bound(made, graph)


def _value(node: Any) -> Value:
    return Value(node.name, tuple(node.shape[1:]))


def _listed(values: Sequence[Value]) -> str:
    return ", ".join(f"'{value.name}' of {' x '.join(map(str, value.shape))}" for value in values)


def _section(bound: Bound) -> Section:
    def section(*state: Tensor) -> tuple[Tensor, State]:
        logits, *left = bound(*state)
        return logits.clone(), tuple(left)

    return section


def _gather(runtime: ModuleType, settings: SessionOptions) -> Gather:
    """On the threads that the sections share; torch's own where there is no pool, or no onnx to write a model with."""
    if _pool is None or find_spec("onnx") is None:
        return select
    from msdl.runtime.engines.gathering import gather, model

    return gather(session(runtime, model(), "The gather", settings))


def _direct(runtime: ModuleType, found: Graphs, settings: SessionOptions) -> Callable[[int], Direct] | None:
    graph = found.direct
    if graph is None:
        return None

    @cache
    def direct(exit: int) -> Direct:
        bound = _bound(runtime, graph(exit), settings)
        return lambda images: bound(images)[0].clone()

    return direct


@contextmanager
def _running() -> Iterator[None]:
    """Torch gathers on one thread meanwhile: threads of its own, and ONNX Runtime's, would get in each other's way.

    A gather between two sections, which one thread does at the speed of memory, was measured to take from as long to
    many times as long on two.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            yield
    finally:
        torch.set_num_threads(threads)
