"""Converted tensors -> the bytes of a safetensors file that says which network it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msdl.version import VERSION

if TYPE_CHECKING:
    from torch import Tensor

    from msdl.compilation import Compilation


def encoded(tensors: Mapping[str, Tensor], compilation: Compilation) -> bytes:
    """What `safetensors.torch.load_file` and `load_state_dict` read; the digest is the one in the module's header."""
    from safetensors.torch import save

    metadata = {"format": "pt", "network": compilation.network.name, "spec": compilation.digest, "msdl": VERSION}
    # The format has neither strides nor tensors that share memory, both of which a pickle may hold.
    return save({key: tensor.contiguous().clone() for key, tensor in tensors.items()}, metadata)
