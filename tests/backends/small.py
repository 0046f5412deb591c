"""The networks of the library, no larger than tests need them."""

from __future__ import annotations

from msdl import library
from msdl.compilation import Compilation

NETWORKS = sorted(set(library.specs()) - {"blocks"})

# What makes them smaller, beside the image.
SMALLER: dict[str, dict[str, int]] = {
    "ablation_vgg_like": {"g": 8},
    "ablation_without_dense": {"g": 8},
    "ablation_without_multiscale": {"g": 8},
    "densenet121": {"k": 8},
    "densenet_bc": {"n": 3},
    "densenet_star": {"n": 3},
    "dilation8_voc": {"rows": 384, "cols": 377},
    "msdnet_cifar_anytime": {"depth": 12},
    "msdnet_cifar_budgeted": {"K": 4},
    "msdnet_cifar_unreduced": {"depth": 8},
    "msdnet_imagenet": {"base": 2, "spacing": 2},
    "unet": {"rows": 188, "cols": 204},
    "wrn28_10": {"widen": 1},
}
SIDES = (32, 64, 160, 320, 640)

# The widths of VGG and of U-Net, in whatever network they are, whose images can't be small.
THINNER = {
    "4096": "64",
    "64, 128, 256, 512, 512": " 4,   8,  16,  32,  32",
    "scales 5 { width 64": "scales 5 { width 4",
}

# One of each kind: chains, dense and residual grids, splits, gates, sweeps, unpooling, crops, cells of many sources.
KINDS = (
    "deeplabv3_resnet50",
    "densenet_mc",
    "dpn92",
    "fcn8s",
    "fractalnet",
    "highway19",
    "hrnet_w18",
    "mobilenet_v2",
    "msdnet_digits",
    "msdnet_seg",
    "nasnet_cell",
    "scnet50",
    "segnet",
    "seresnet50",
    "shufflenet_v2",
    "unet",
)


def small(name: str) -> Compilation:
    """A network of the library with 3 classes, for the smallest image that it takes; a map is higher than it is wide.

    It is thinner, too, where it is one of the large.
    """
    text = library.specs()[name].read_text(encoding="utf-8")
    for wide, thin in THINNER.items():
        text = text.replace(wide, thin)
    given = Compilation.of(name).spec
    assert given is not None
    for side in SIDES:
        wanted = {"classes": 3, "size": side, "rows": side, "cols": side - 7} | SMALLER.get(name, {})
        known = {key: value for key, value in wanted.items() if key in given.parameters}
        compilation = Compilation.of_text(text, **known)
        if compilation.valid:
            return compilation
    raise AssertionError(f"{name} takes no image of {SIDES[-1]} pixels")
