"""Reading checkpoints with torchvision's keys, as torchvision publishes them and as training scripts save them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msdl.interop import checkpoint
from msdl.interop.fit import without_prefix

if TYPE_CHECKING:
    from torch import Tensor

# Where weights lie beside epochs and optimisers: torchvision's own scripts say `model`, others `state_dict`.
PLACES = ("model", "state_dict", "model_state_dict")
# What is put before every key by torch.nn.DataParallel, by torch.compile, and by a module that holds the network.
WRAPPERS = ("module.", "_orig_mod.", "model.")
# PyTorch's example for ImageNet wraps the `features` of AlexNet and VGG alone.
PARALLEL_FEATURES = "features.module."
# The DenseNets were published with the dots of PyTorch 0.3.
OLD_DENSE_LAYER = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")


def read_checkpoint(name: str) -> dict[str, Tensor]:
    """The tensors by torchvision's keys. Raises Mistake."""
    return unwrapped(checkpoint.read_checkpoint(name, PLACES))


def unwrapped(state_dict: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors by torchvision's keys of today: without what wraps the network, and without old spellings."""
    for wrapper in WRAPPERS:
        if (bare := without_prefix(state_dict, wrapper)) is not state_dict:
            return unwrapped(bare)
    return {_of_today(key): tensor for key, tensor in state_dict.items()}


def _of_today(key: str) -> str:
    return OLD_DENSE_LAYER.sub(r"\1\2", key.replace(PARALLEL_FEATURES, "features."))
