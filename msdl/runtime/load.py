"""A spec -> a live `nn.Module`: the generated source, executed exactly as it is written."""

from __future__ import annotations

import builtins
import itertools
import linecache
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from msdl.compilation import Compilation

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
    compilation = Compilation.of(spec, exit=exit, **settings)
    module = execute(compilation.emit("torch"), compilation.network.name)
    network: nn.Module = module.Network()
    return network


def execute(source: str, name: str) -> ModuleType:
    """Runs generated source as a module of its own; tracebacks and `inspect.getsource` show its lines."""
    number = next(_COUNT)
    filename = f"<msdl {name} {number}>"
    module = ModuleType(f"msdl.generated.{name}_{number}")
    module.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    sys.modules[module.__name__] = module
    exec(builtins.compile(source, filename, "exec"), module.__dict__)
    return module
