"""msdl: a compiler for networks that answer early.

    model = msdl.compile("net.msd", classes=10)
    for logits in model.exits(image): ...

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msdl.version import VERSION

if TYPE_CHECKING:
    from msdl.compilation import Compilation
    from msdl.diagnostics import Diagnostic, SpecError
    from msdl.runtime.load import compile, load  # noqa: A004  (as `re.compile` does: it reads well behind `msdl.`)

__version__ = VERSION

HOMES = {
    "Compilation": "msdl.compilation",
    "Diagnostic": "msdl.diagnostics",
    "SpecError": "msdl.diagnostics",
    "compile": "msdl.runtime.load",
    "load": "msdl.runtime.load",
}

__all__ = ["Compilation", "Diagnostic", "SpecError", "__version__", "compile", "load"]


def __getattr__(name: str) -> object:
    if name not in HOMES:
        raise AttributeError(f"module 'msdl' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(HOMES[name]), name)
