"""The ops of the language: a table from names, arguments and flags to primitive layers.        <- add an op here

`conv3x3(out, bias, groups = 2)/2`: the kernel stands in the name, `out` is positional, `bias` a flag, `groups` a
keyword, the stride behind the slash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from msdl.diagnostics import Mistake
from msdl.network.layers import Activation, AdaptivePool, BatchNorm, Dropout, Flatten, Layer, Linear, Shape
from msdl.network.ops.channels import cut, shuffle, split
from msdl.network.ops.convolutions import conv, deconv, depthwise
from msdl.network.ops.pools import avgpool, maxpool, pool_to, unpool
from msdl.network.ops.sizes import crop, cropto, fit, resize, upsample
from msdl.network.ops.use import LARGEST_SIZE, Argument, Around, Build, NotKnown, Op, Other, Use


def check_arguments(use: Use) -> None:
    """Looks at the arguments alone, where the shape that arrives is not known. Raises Mistake, or NotKnown."""
    try:
        use.op.build(use, Shape(1, 1, 1))
    except Mistake as found:
        # That channels don't divide, or a map doesn't fit, says nothing here.
        if found.diagnostic.code not in ("MSD404", "MSD406"):
            raise


def _bn(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (BatchNorm(shape.channels, use.fraction("eps", 1e-5, 1)),)


def _dropout(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (Dropout(use.fraction("p", 0.5, 1)),)


def _linear(use: Use, shape: Shape) -> tuple[Layer, ...]:
    return (Linear(shape.elements, use.size("out"), "nobias" not in use.flags),)


def _always(*layers: Layer) -> Build:
    return lambda use, shape: layers


OPS: tuple[Op, ...] = (
    Op("convKxK", conv, ("out",), ("groups", "dilation", "pad"), ("bias", "valid"), strided=True),
    Op("dwconvKxK", depthwise, (), ("dilation", "pad"), ("bias", "valid"), strided=True),
    Op("deconvKxK", deconv, ("out",), ("up", "groups", "pad"), ("bias", "valid")),
    Op("maxpoolKxK", maxpool, (), ("pad",), ("ceil", "valid"), strided=True),
    Op("avgpoolKxK", avgpool, (), ("pad",), ("ceil", "exclude", "valid"), strided=True),
    Op("unpoolKxK", unpool, takes="a pool"),
    Op("bn", _bn, (), ("eps",)),
    Op("relu", _always(Activation("relu"))),
    Op("relu6", _always(Activation("relu6"))),
    Op("elu", _always(Activation("elu"))),
    Op("sigmoid", _always(Activation("sigmoid"))),
    Op("softmax", _always(Activation("softmax"))),
    Op("dropout", _dropout, ("p",)),
    Op("identity", _always()),
    Op("flatten", _always(Flatten())),
    Op("linear", _linear, ("out",), (), ("nobias",)),
    Op("gap", _always(AdaptivePool(1, 1))),
    Op("pool", pool_to, ("n",)),
    Op("pool_h", _always(AdaptivePool(None, 1))),
    Op("pool_w", _always(AdaptivePool(1, None))),
    Op("upsample", upsample, ("f",), (), ("nearest", "corners")),
    Op("resize", resize, (), (), ("nearest", "corners"), takes="a value"),
    Op("crop", crop, ("o",)),
    Op("fit", fit),
    Op("cropto", cropto, ("o",)),
    Op("shuffle", shuffle, ("groups",)),
    Op("split", split, ("n",), several=True, takes="its input"),
    Op("cut", cut, several=True, open_ended=True, takes="its input"),
)

# Ops whose size is that of the other parts of the join they stand in.
FITTING = frozenset({"crop", "fit"})

_BY_NAME = {op.name: op for op in OPS}
_KERNEL = re.compile(r"([a-z]+)([1-9][0-9]{0,3})x([1-9][0-9]{0,3})")


@cache
def find(word: str) -> tuple[Op, tuple[int, int]] | None:
    """The op a word names and the kernel written in it, (1, 1) where there is none."""
    if match := _KERNEL.fullmatch(word):
        op = _BY_NAME.get(f"{match[1]}KxK")
        return None if op is None else (op, (int(match[2]), int(match[3])))
    op = None if "KxK" in word else _BY_NAME.get(word)
    return None if op is None else (op, (1, 1))


def family(word: str) -> str:
    """`conv` of `conv3x3`: what a `default` may name to mean every kernel."""
    match = _KERNEL.fullmatch(word)
    return match[1] if match else word


def names() -> Iterable[str]:
    """The ops' names as a spec writes them, for suggestions; kernels that networks use stand for all."""
    for op in OPS:
        if "KxK" in op.name:
            yield from (op.name.replace("KxK", f"{k}x{k}") for k in (1, 2, 3, 5, 7))
        else:
            yield op.name


__all__ = [
    "FITTING",
    "LARGEST_SIZE",
    "OPS",
    "Argument",
    "Around",
    "NotKnown",
    "Op",
    "Other",
    "Use",
    "check_arguments",
    "family",
    "find",
    "names",
]
