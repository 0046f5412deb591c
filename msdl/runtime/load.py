"""A spec or a run folder -> a live `nn.Module`: the generated source, executed exactly as it is written."""

from __future__ import annotations

import builtins
import itertools
import linecache
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from msdl.compilation import Compilation
from msdl.runtime.errors import InputError
from msdl.runtime.run import MODULE, RECORD, WEIGHTS, Run

if TYPE_CHECKING:
    from torch import nn

_COUNT = itertools.count(1)


def compile(spec: str | Path, /, *, exit: str | int | None = None, **settings: int | float | str) -> nn.Module:
    """The network of a spec as a freshly initialised module.

    `spec` is a path, a library name, either with `:network` behind it; `exit`, an ordinal or a name, keeps that exit
    alone; other keywords override the network's parameters. The module takes a batch of images (N, C, H, W) and gives
    a tuple of logits, one tensor an exit; `model.exits(image)` computes them one by one, each only when it is asked
    for. Raises SpecError.
    """
    return built(Compilation.of(spec, exit=exit, **settings))


def built(compilation: Compilation) -> nn.Module:
    """The module of a compilation, freshly initialised. Raises SpecError."""
    network: nn.Module = execute(compilation.emit("torch"), compilation.network.name).Network()
    return network


def load(folder: str | Path) -> nn.Module:
    """The trained network of a run folder, for inference (`eval`), on the CPU.

    It is the generated module with two attributes more: `preprocessing`, which makes a batch of one from a picture
    (`model(model.preprocessing("cat.png"))`), and `class_names`. The folder's network.py is executed: load none that
    you wouldn't run. Raises InputError.
    """
    import torch

    from msdl.runtime.weights import Weights

    run = Run.read(folder)
    if not run.trained:
        raise InputError(
            f"'{run.folder}' has no {WEIGHTS} yet.", f"`msdl train --resume {run.folder}` goes on training"
        )
    model = module(run)
    Weights.read(run.path(WEIGHTS)).fill(model, MODULE)
    vars(model).update(preprocessing=run.preprocessing, class_names=run.classes)  # values, not modules
    # Convolutions are faster so, on CPUs as well (docs/benchmarks.md).
    return model.to(memory_format=torch.channels_last).eval()  # type: ignore[call-overload,no-any-return]


def module(run: Run) -> nn.Module:
    """The network of a run folder, freshly initialised. Raises InputError."""
    path = run.path(MODULE)
    try:
        model: nn.Module = execute(path.read_text(encoding="utf-8"), run.network).Network()
    except OSError as error:
        raise InputError(f"'{path}' can't be read: {error.strerror or error}.") from None
    except Exception as error:  # whatever a file that was edited or cut short may raise
        raise InputError(f"'{path}' can't be run: {type(error).__name__}: {error}.") from None
    _insist_on_agreement(run, model)
    return model


def execute(source: str, name: str) -> ModuleType:
    """Runs generated source as a module of its own; tracebacks and `inspect.getsource` show its lines."""
    number = next(_COUNT)
    filename = f"<msdl {name} {number}>"
    generated = ModuleType(f"msdl.generated.{name}_{number}")
    generated.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    sys.modules[generated.__name__] = generated
    exec(builtins.compile(source, filename, "exec"), generated.__dict__)
    return generated


def _insist_on_agreement(run: Run, model: nn.Module) -> None:
    """Refuses a run.json that was written for another network. Raises InputError."""
    try:
        described = (run.preprocessing.shape, tuple(exit.name for exit in run.exits), len(run.classes))
        built = (model.INPUT, model.EXITS, model.CLASSES)
    except AttributeError as error:
        raise InputError(f"'{run.path(MODULE)}' is not a module that msdl wrote: {error}.") from None
    for what, said, found in zip(("input", "exits", "classes"), described, built, strict=True):
        if said != found:
            raise InputError(f"'{run.path(RECORD)}' doesn't fit {MODULE}: {what} {said}, and there {found}.")
