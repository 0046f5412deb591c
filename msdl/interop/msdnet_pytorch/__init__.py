"""The way over from the published PyTorch port of MSDNet (kalviny/MSDNet-PyTorch at f654595).

    compilation = translate({"nBlocks": 7, "stepmode": "even", "step": 2})     # its flags -> a spec, compiled
    weights = convert(checkpoint["state_dict"], compilation)                   # its state_dict -> msdl's

The compiler is imported where a network is made or read, torch where a checkpoint is read or a tensor made: the flags
alone are quick to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

# Not lazily: a function found by `__getattr__` would be hidden by its file, which has its name, once that is imported.
from msdl.interop.fit import Misfitting
from msdl.interop.msdnet_pytorch.convert import convert
from msdl.interop.msdnet_pytorch.translate import translate

if TYPE_CHECKING:
    from msdl.interop.msdnet_pytorch.form import ForeignNetwork

__all__ = ["ForeignNetwork", "Misfitting", "convert", "translate"]


def __getattr__(name: str) -> object:
    if name != "ForeignNetwork":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    from msdl.interop.msdnet_pytorch.form import ForeignNetwork

    return ForeignNetwork
