"""The library's networks at other sizes, small and odd ones: a diagnostic, or the shapes that are promised."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
import torch

from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from msdl.network.graph import Graph
from msdl.runtime.load import built
from tests.library.test_library import NETWORKS, compiled

Side = Callable[[int], int]


@cache
def parameters_of(name: str) -> dict[str, int]:
    """The parameters that `--set` takes, at their defaults."""
    spec = compiled(name).spec
    assert spec is not None
    return {parameter: int(value) for parameter, value in spec.parameters.items()}


def of_size(name: str, rows: int, cols: int, **settings: int) -> Compilation:
    """A network for images of rows x cols, or, where it takes square ones alone, of rows x rows."""
    sides = {"rows": rows, "cols": cols} if "rows" in parameters_of(name) else {"size": rows}
    return Compilation.of(name, **sides, **settings)


# Sides of the maps that networks for dense prediction put out, from those of the image


def same(side: int) -> int:
    return side


def coarser(times: int) -> Side:
    """Halved `times` over, rounded up: what an odd kernel with its padding and stride 2 leaves."""
    return lambda side: -(-side // 2**times)


def pooled_up(side: int) -> int:
    """A padded 3x3 pool with stride 2 that rounds up, as Caffe's do: one more where the side is even."""
    return side // 2 + 1


def after_caffes_stem(times: int) -> Side:
    """A convolution with stride 2, Caffe's pool, and `times` further strides of 2."""
    return lambda side: coarser(times)(pooled_up(coarser(1)(side)))


def largefov(side: int) -> int:
    return pooled_up(pooled_up(pooled_up(side)))


def unet(side: int) -> int:
    """Two 3x3 convolutions without padding at each of nine places; four halvings, four doublings."""
    for _ in range(4):
        side = (side - 4) // 2
    for _ in range(4):
        side = 2 * (side - 4)
    return side - 4


def dilation8(side: int) -> int:
    """VGG without padding: 2, 2, 3 and 3 convolutions, 3 dilated ones, a 7x7 that is dilated; the context keeps it."""
    for convolutions in (2, 2, 3):
        side = coarser(1)(side - 2 * convolutions)
    return side - 2 * 3 - 4 * 3 - 4 * 6


MAPS: dict[str, tuple[Side, ...]] = {
    "deeplab_largefov": (largefov,),
    "deeplabv2_resnet101": (after_caffes_stem(1),),
    "deeplabv3_resnet101": (after_caffes_stem(2),),
    "deeplabv3_resnet50": (same, same),
    "dilation8_voc": (dilation8,),
    "fcn8s": (same,),
    "fcn_resnet50": (same,),
    "fpn_resnet50": tuple(map(coarser, (5, 4, 3, 2))),
    "msdnet_seg": (same, same, same),
    "pspnet50": (same, same),
    "refinenet101": (coarser(2),),
    "segnet": (same,),
    "strip_pooling": (same,),
    "unet": (unet,),
    "unet_same": (same,),
}

# What was halved is doubled again, as in the authors' code: 32 divides the sides of an image.
DIVISIBLE = {"hrnet_w18"}


def test_networks_for_dense_prediction_put_out_maps() -> None:
    assert [name for name in NETWORKS if "rows" in parameters_of(name)] == sorted(MAPS)


@pytest.mark.parametrize("name", NETWORKS)
def test_any_size_is_a_network_or_a_diagnostic(name: str) -> None:
    """An image that is too small is an error, with sizes in it; any larger one gets what the network promises."""
    sizes = [(1, 1), (35, 47), (97, 130), (416, 448)]
    found = [of_size(name, *size, classes=7) for size in sizes]
    for compilation, (rows, cols) in zip(found, sizes, strict=True):
        errors = [error for error in compilation.diagnostics if error.severity is Severity.ERROR]
        assert compilation.valid != bool(errors)
        assert all(error.span and re.search(r"\d+x\d+", error.message) for error in errors), errors
        if compilation.valid:
            assert_promised(name, compilation.network, rows, cols)
    valid = [compilation.valid for compilation in found]
    assert valid[-1]
    assert valid == sorted(valid) or name in DIVISIBLE


def assert_promised(name: str, network: Graph, rows: int, cols: int) -> None:
    """Of every exit a logit or a map for each of 7 classes."""
    maps = [(7, side(rows), side(cols)) for side in MAPS.get(name, ())]
    extents = [network[exit.output].size.extents for exit in network.exits]
    assert extents == (maps or [(7,)] * len(compiled(name).network.exits))


# Images as small and as odd as the network takes them, or nearly.
SMALL = {
    "densenet_star": (37, 37),
    "fractalnet": (45, 45),
    "highway19": (29, 29),
    "mobilenet_v2": (47, 47),
    "msdnet_digits": (29, 29),
    "msdnet_seg": (45, 75),
    "nasnet_cell": (19, 19),
    "res2net50_26w_4s": (33, 33),
    "resnet_mc": (35, 35),
    "shufflenet_v1": (51, 51),
    "squeezenet1_1": (49, 49),
    "strip_pooling": (27, 45),
}


@pytest.mark.parametrize(("name", "size"), SMALL.items(), ids=SMALL)
def test_it_runs_at_odd_sizes(name: str, size: tuple[int, int]) -> None:
    """What the module puts out has the shapes that the compiler works out."""
    compilation = of_size(name, *size, classes=3)
    network = compilation.network
    module = built(compilation).eval()
    with torch.no_grad():
        outputs = module(torch.zeros(2, *compilation.costs.input.extents))
    shapes = [(2, *network[exit.output].size.extents) for exit in network.exits]
    assert [tuple(output.shape) for output in outputs] == shapes
