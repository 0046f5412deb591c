"""The port's state_dict -> msdl's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msdl.interop.fit import Shapes, check_state_dict, fitted, without_prefix

if TYPE_CHECKING:
    from torch import Tensor

    from msdl.compilation import Compilation

# What torch.nn.DataParallel puts before every key.
PARALLEL = "module."
SECOND_CONVOLUTION = re.compile(r"\.conv_(normal|down)\.net\.3\.")
BOTTLENECKS = (
    "the checkpoint has bottlenecks, which --bottleneck False leaves out: the port itself reads every text behind"
    " --bottleneck as True, 'False' too"
)


def convert(state_dict: Mapping[str, Tensor], compilation: Compilation) -> dict[str, Tensor]:
    """The tensors of the port's state_dict, its keys with or without `module.`, by the keys of the compiled module.

    What no exit needs is left out; the tensors are handed on, not copied. Raises Misfitting where keys or shapes are
    not the network's, TypeError for what is no state_dict, ForeignNetwork for a network that the port can't build, and
    SpecError.
    """
    from msdl.interop.msdnet_pytorch.keys import entries

    check_state_dict(state_dict)
    return fitted(without_prefix(state_dict, PARALLEL), entries(compilation), _hint)


def _hint(theirs: Shapes, expected: Shapes) -> str:
    return BOTTLENECKS if _has_bottlenecks(theirs) and not _has_bottlenecks(expected) else ""


def _has_bottlenecks(keys: Iterable[str]) -> bool:
    return any(SECOND_CONVOLUTION.search(key) for key in keys)
