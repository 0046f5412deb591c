"""The way over from the published PyTorch port of MSDNet (kalviny/MSDNet-PyTorch at f654595).

    compilation = translate({"nBlocks": 7, "stepmode": "even", "step": 2})     # its flags -> a spec, compiled
    weights = convert(checkpoint["state_dict"], compilation)                   # its state_dict -> msdl's

torch is imported where a checkpoint is read or a tensor made, not before.
"""

from __future__ import annotations

from msdl.interop.msdnet_pytorch.convert import Misfitting, convert
from msdl.interop.msdnet_pytorch.form import ForeignNetwork
from msdl.interop.msdnet_pytorch.translate import translate

__all__ = ["ForeignNetwork", "Misfitting", "convert", "translate"]
