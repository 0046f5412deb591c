"""The pages about the whole library, written from its specs: docs/zoo.md, and the latter part of docs/gallery.md."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from statistics import median

from msdl import library
from msdl.compilation import Compilation
from msdl.quantities import amount

GROUPS = {
    "MSDNet": (
        "msdnet_cifar_anytime", "msdnet_cifar_budgeted", "msdnet_cifar_unreduced", "msdnet_imagenet", "msdnet_digits",
        "msdnet_seg",
    ),
    "MSDNet's ablation study": (
        "ablation_full", "ablation_without_dense", "ablation_without_multiscale", "ablation_without_exits",
        "ablation_vgg_like",
    ),
    "MSDNet's baselines": ("resnet_mc", "densenet_mc", "densenet_bc", "densenet_star"),
    "Chains and branches": ("alexnet", "vgg16", "googlenet", "squeezenet1_1", "highway19"),
    "Residual networks": (
        "resnet18", "resnet50", "wrn28_10", "resnext50_32x4d", "seresnet50", "res2net50_26w_4s", "scnet50", "rir",
    ),
    "Dense, dual, fractal, high-resolution": ("densenet121", "dpn92", "fractalnet", "hrnet_w18"),
    "Small networks and cells": ("mobilenet_v1", "mobilenet_v2", "shufflenet_v1", "shufflenet_v2", "nasnet_cell"),
    "Dense prediction: dilation and context": (
        "fcn_resnet50", "deeplab_largefov", "dilation8_voc", "deeplabv2_resnet101", "deeplabv3_resnet50",
        "deeplabv3_resnet101", "pspnet50", "strip_pooling",
    ),
    "Dense prediction: down and up again": (
        "fcn8s", "unet", "unet_same", "segnet", "fpn_resnet50", "refinenet101",
    ),
}  # fmt: skip
# Networks whose dense connections, each drawn, would weigh more than they show.
FOLDED = ("msdnet_digits", "msdnet_seg", "ablation_full", "ablation_without_exits", "densenet_mc")
# Files of blocks that others import hold no network.
BLOCKS = ("blocks",)
ZOO = """\
# The zoo

Every network of [the library](library.md), compiled with its default parameters; the [gallery](gallery.md) draws them.
Parameters are those of all exits, MACs the multiply-adds of the convolutions and linear layers for one image, with
every exit served. Lines are those of the network's own file, comments and empty lines aside; blocks that networks
share stand in `blocks.msd`. `make gallery` writes this page.
"""


def networks() -> tuple[str, ...]:
    """The names of all networks of the library."""
    return tuple(name for name in library.specs() if name not in BLOCKS)


def about(name: str) -> str:
    """What a spec's first comment says: the paper and the variant."""
    first = library.specs()[name].read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("# "), f"{name}.msd begins with a comment"
    return first.removeprefix("# ")


def lines(name: str) -> int:
    """How many lines of a spec say something."""
    text = library.specs()[name].read_text(encoding="utf-8")
    return sum(bool(line.partition("#")[0].strip()) for line in text.splitlines())


def zoo() -> str:
    """docs/zoo.md."""
    counts = [lines(name) for name in networks()]
    last = f"{len(counts)} networks; the median spec has {median(counts):g} lines.\n"
    return "\n".join([ZOO, *(part for title, names in GROUPS.items() for part in _table(title, names)), last])


def _table(title: str, names: tuple[str, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| network | variant and paper | input | parameters | MACs | exits | lines |"
    yield "|---|---|---|---:|---:|---:|---:|"
    yield from map(_row, names)
    yield ""


@cache
def _row(name: str) -> str:
    made = Compilation.of(name)
    costs = made.costs
    parts = (f"`{name}`", about(name), costs.input, f"{costs.parameters:,}", amount(costs.macs), len(costs.exits))
    return f"| {' | '.join(map(str, (*parts, lines(name))))} |"


def pictures(shown: set[str]) -> str:
    """The latter part of docs/gallery.md: every network that the former doesn't show."""
    return "\n".join(part for title, names in GROUPS.items() for part in _pictures(title, names, shown))


def _pictures(title: str, names: tuple[str, ...], shown: set[str]) -> Iterator[str]:
    above = [f"`{name}`" for name in names if name in shown]
    below = [name for name in names if name not in shown]
    yield f"## {title}\n"
    if above:
        yield f"Above: {', '.join(above)}.\n"
    for name in below:
        how = " --dense fold" if name in FOLDED else ""
        yield f"### {name}\n\n{about(name)}\n\n    msdl draw {name}{how} -o {name}.svg\n"
        yield f"[![{name}](gallery/{name}.svg)](gallery/{name}.svg)\n"
