"""Converted tensors -> the bytes of a safetensors file that says which network it belongs to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from msdl.version import VERSION

if TYPE_CHECKING:
    from torch import Tensor

    from msdl.compilation import Compilation


@dataclass(frozen=True, slots=True)
class Pixels:
    """Values from 0 to 1 less `mean`, over `std`, a channel each; of a picture's shorter side the share `crop` is seen.

    Without `crop` the whole picture is stretched.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    crop: float | None = None


def encoded(tensors: Mapping[str, Tensor], compilation: Compilation, pixels: Pixels | None = None) -> bytes:
    """What `safetensors.torch.load_file` and `load_state_dict` read; the digest is the one in the module's header.

    `pixels` is what the weights want of pictures, where that is known: `msdl export --weights` reads it.
    """
    from safetensors.torch import save

    metadata = {"format": "pt", "network": compilation.network.name, "spec": compilation.digest, "msdl": VERSION}
    if pixels is not None:
        metadata["preprocessing"] = json.dumps(asdict(pixels))
    # The format has neither strides nor tensors that share memory, both of which a pickle may hold.
    return save({key: tensor.contiguous().clone() for key, tensor in tensors.items()}, metadata)
