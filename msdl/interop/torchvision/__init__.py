"""The way over from torchvision (0.29): its state_dicts -> weights of the library's networks of the same names.

    compilation = Compilation.of("resnet50", classes=10)
    weights = convert(torchvision_model.state_dict(), compilation)       # its state_dict -> msdl's

`msdl.interop.torchvision.tables` says which module there is which layer here.
"""

from __future__ import annotations

from msdl.interop.fit import Misfitting
from msdl.interop.torchvision.convert import convert, left_out
from msdl.interop.torchvision.keys import ForeignNetwork

__all__ = ["ForeignNetwork", "Misfitting", "convert", "left_out"]
