"""SPEC, RUN or EXPORT -> a network that runs: on the engine that was asked for, or the fastest that is installed."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import torch

from msdl import files, library
from msdl.runtime.engines import ENGINES, Engine, eager
from msdl.runtime.errors import InputError
from msdl.runtime.load import load
from msdl.runtime.manifest import MANIFEST, TIMES, Manifest
from msdl.runtime.maps import View
from msdl.runtime.policy import Policy
from msdl.runtime.preprocessing import Preprocessing
from msdl.runtime.run import RECORD, Exit, Run
from msdl.runtime.times import Times
from msdl.runtime.trained import Trained, policy_of_run, trained

Kind = Literal["spec", "run", "export"]
Settings = Mapping[str, int | float | str]

# What a graph of each target can run on.
ABLE = {"onnx": ("onnx",), "pt2": ("torch", "compiled")}


@dataclass(frozen=True)
class Opened:
    """A network on an engine, with what is known of it.

    `exits` have their lazy MACs. What comes from training (`preprocessing`, `classes`, `policy`) is None where there
    was none; `times` where nobody measured this engine here, with as many threads. `maps` has for every exit the
    part of the image that its map is about, and is None where exits tell classes of images, or nobody says it.
    """

    source: str
    kind: Kind
    network: str
    engine: Engine
    exits: tuple[Exit, ...]
    preprocessing: Preprocessing | None = None
    classes: tuple[str, ...] | None = None
    policy: Policy | None = None
    times: Times | None = None
    maps: Mapping[str, View] | None = None


def opened(
    source: str | Path,
    engine: str | None = None,
    *,
    settings: Settings | None = None,
    device: str = "cpu",
    threads: int | None = None,
    policy: bool = True,
) -> Opened:
    """Opens a SPEC with weights drawn anew, a RUN with those it learned, or an EXPORT.

    `settings` are parameters of a SPEC. `threads`, where it is given, is the number that torch computes with in this
    process from now on, and every engine with it. Without `policy` that of a RUN is not read, and may be broken.
    Raises SpecError and InputError.
    """
    if threads is not None:
        if threads < 1:
            raise InputError(f"Computing takes 1 thread at least, not {threads}.")
        torch.set_num_threads(threads)
    is_export, is_run = (files.holds(source, name) for name in (MANIFEST, RECORD))
    if settings and (is_export or is_run):
        raise InputError("Runs and exports have the parameters that they were made with; only a spec takes others.")
    if is_export:
        return _export(Manifest.read(source), engine, device)
    if is_run:
        return _run(Run.read(source), engine, device, policy)
    if files.is_folder(source) and str(source) not in library.specs():
        raise InputError(f"'{source}' is neither a run, which has a {RECORD}, nor an export, which has a {MANIFEST}.")
    network = trained(source, settings)
    compilation = network.compilation
    exits = tuple(Exit(exit.name, exit.macs.lazy, exit.parameters) for exit in compilation.costs.exits)
    made = engine_of(network, engine, device=device)
    return Opened(str(source), "spec", compilation.network.name, made, exits)


def engine_of(network: Trained | Manifest, name: str | None = None, *, device: str = "cpu") -> Engine:
    """A network on an engine; without a name, on the fastest that is installed. Raises InputError."""
    where = _device(device)
    name = _fastest(_target(network), where) if name is None else name
    _insist_on(name, network, where)
    match name:
        case "onnx":
            from msdl.runtime.engines.onnx import onnx

            return onnx(network)
        case "compiled":
            from msdl.runtime.engines.compiled import compiled

            return compiled(network, where)
        case _ if isinstance(network, Trained):
            return eager(copy.deepcopy(network.model).to(where) if where.type != "cpu" else network.model)
        case _:
            from msdl.runtime.engines.exported import exported

            return exported(network, where)


def _insist_on(name: str, network: Trained | Manifest, device: torch.device) -> None:
    """Refuses an engine that isn't there or can't run a network on a device. Raises InputError."""
    if name not in ENGINES:
        raise InputError(f"There is no engine '{name}'.", f"the engines are {', '.join(ENGINES)}")
    if isinstance(network, Manifest) and name not in ABLE[network.target]:
        target = next(target for target, names in ABLE.items() if name in names)
        raise InputError(
            f"'{network.folder}' was exported for {' and '.join(ABLE[network.target])}; '{name}' can't run it.",
            f"`msdl export RUN -o DIR --target {target}` makes what it can run",
        )
    if name == "onnx" and device.type != "cpu":
        raise InputError(f"The engine 'onnx' computes on the CPU, not on '{device}'.", "leave out the device")


def _target(network: Trained | Manifest) -> str | None:
    return network.target if isinstance(network, Manifest) else None


def _fastest(target: str | None, device: torch.device) -> str:
    """The fastest engine that is installed and can run an export of a target, or any network, on a device."""
    if target == "onnx":
        return "onnx"
    if device.type != "cpu":
        return "compiled"
    installed = target is None and all(map(find_spec, ("onnx", "onnxruntime")))
    return "onnx" if installed else "torch"


def _run(run: Run, engine: str | None, device: str, policy: bool) -> Opened:
    """Under torch its module runs as it is kept; what else runs it is made from its spec."""
    where = _device(device)
    name = _fastest(None, where) if engine is None else engine
    made = eager(load(run.folder).to(where)) if name == "torch" else engine_of(trained(run.folder), name, device=device)
    kept = policy_of_run(run) if policy else None
    facts = (run.preprocessing, run.classes, kept)
    return Opened(str(run.folder), "run", run.network, made, run.exits, *facts, maps=run.maps)


def _export(manifest: Manifest, engine: str | None, device: str) -> Opened:
    made = engine_of(manifest, engine, device=device)
    return Opened(
        str(manifest.folder),
        "export",
        manifest.network,
        made,
        manifest.exits,
        manifest.preprocessing,
        manifest.classes,
        manifest.policy,
        _times(manifest.folder / TIMES, made),
        manifest.maps,
    )


def _times(path: Path, engine: Engine) -> Times | None:
    """The times in a file, if they are this engine's here; None also where they can't be read, since they only help."""
    try:
        times = Times.read(path)
    except InputError:
        return None
    return times if times.fit(engine, torch.get_num_threads()) else None


def _device(name: str) -> torch.device:
    """Raises InputError for a device that isn't there."""
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # a build without CUDA asserts
        reason = str(error).partition("\n")[0].rstrip(".")
        raise InputError(f"There is no device '{name}' here: {reason}.") from None
    return device
