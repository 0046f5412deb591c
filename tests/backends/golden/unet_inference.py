"""Network unet_twice for inference, written by msdl 0.1.0.

Digest of the spec: a7841a84de9fe87e

Batch norms are part of the convolutions before them: `load_state_dict` takes the
weights of the network as it was trained, and folds them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


def cat(*maps: Tensor) -> Tensor:
    """Joins feature maps, channels after channels."""
    return torch.cat(maps, dim=1)


def named(**modules: nn.Module) -> nn.Sequential:
    """Modules one after another, by name instead of by number."""
    return nn.Sequential(OrderedDict(modules))


def numbered(*layers: tuple[int, nn.Module]) -> nn.Sequential:
    """Layers one after another, by numbers with gaps between them."""
    return nn.Sequential(OrderedDict((str(number), layer) for number, layer in layers))


EPS = 1e-05


def fold(
    network: nn.Module,
    weights: dict[str, Tensor],
    prefix: str,
    *others: object,
) -> None:
    """Before weights are loaded: makes those of training the ones of the network here.

    A batch norm, y = g (x - m) / sqrt(v + EPS) + b, only scales and shifts what the
    convolution before it puts out. So the convolution has weights g / sqrt(v + EPS)
    times as large here, and a bias; all else keeps its key and its value.
    Here `sweep1.scale1.then.0` does the work of `sweep1.scale1.then.1`, too.
    """
    kept = network.state_dict(prefix=prefix)
    for name, module in network.named_modules():
        if not isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            continue
        chain, _, number = name.rpartition(".")
        norm, eps = f"{chain}.{int(number) + 1}", EPS
        conv, norm = f"{prefix}{name}", f"{prefix}{norm}"
        parts = ("weight", "bias", "running_mean", "running_var")
        keys = [f"{norm}.{part}" for part in parts]
        # What isn't all there is left as it is, so that torch tells what is missing.
        is_whole = weights.keys() >= {f"{conv}.weight", *keys}
        if f"{norm}.weight" in kept or not is_whole:
            continue
        g, b, m, v = (weights.pop(key).double() for key in keys)
        weights.pop(f"{norm}.num_batches_tracked", None)
        scale = g / (v + eps).sqrt()
        weight, bias = weights[f"{conv}.weight"], weights.get(f"{conv}.bias")
        before = 0 if bias is None else bias.double()
        weights[f"{conv}.bias"] = (b + (before - m) * scale).to(weight.dtype)
        if isinstance(module, nn.ConvTranspose2d):  # inputs first, outputs by groups
            grouped = weight.reshape(module.groups, -1, *weight.shape[1:])
            scaled = (grouped * scale.view(module.groups, 1, -1, 1, 1)).flatten(0, 1)
        else:
            scaled = weight * scale.view(len(weight), 1, 1, 1)
        weights[f"{conv}.weight"] = scaled.to(weight.dtype)


# unet.msd:5: block twice(c) = conv3x3(c) bn relu  conv3x3(c) bn relu
def twice(c0: int, c1: int) -> nn.Sequential:
    return numbered(
        (0, nn.Conv2d(c0, c1, 3, padding=1)),
        (2, nn.ReLU(inplace=True)),
        (3, nn.Conv2d(c1, c1, 3, padding=1)),
        (5, nn.ReLU(inplace=True)),
    )


# unet.msd:10: sweep up on 1..2 {
class VerticalThenCell(nn.Module):
    """A cell that reads its own scale and the next coarser scale."""

    def __init__(self, vertical: nn.Module, then: nn.Module) -> None:
        super().__init__()
        self.vertical = vertical
        self.then = then

    def forward(self, x: Tensor, coarser: Tensor) -> Tensor:
        out: Tensor = self.then(cat(x, self.vertical(coarser)))
        return out


def initialise(module: nn.Module) -> None:
    """Draws the weights of a convolution as He et al. (2015) do; biases start at 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    if isinstance(module, nn.ConvTranspose2d):  # its weight has inputs first
        nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
    biased = nn.Conv2d | nn.ConvTranspose2d | nn.Linear
    if isinstance(module, biased) and module.bias is not None:
        nn.init.zeros_(module.bias)


class Exits(nn.ModuleDict):
    """The heads. Called with images, it gives one output after another."""

    def __init__(
        self,
        heads: Mapping[str, nn.Module],
        run: Callable[[Tensor], Iterator[Tensor]],
    ) -> None:
        super().__init__(heads)
        self._run = run

    def forward(self, image: Tensor) -> Iterator[Tensor]:
        return self._run(image)


class Network(nn.Module):
    """A network with 2 exits.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    It starts in evaluation mode, and has nothing that only training needs.
    """

    EXITS: tuple[str, ...] = ("middle", "top")
    INPUT: tuple[int, int, int] = (3, 45, 64)
    CLASSES: int | None = 3

    def __init__(self) -> None:
        super().__init__()
        # unet.msd:6: sweep down {
        self.sweep1 = nn.ModuleDict(
            {
                "scale1": named(then=twice(3, 8)),
                "scale2": named(
                    vertical=nn.Sequential(nn.MaxPool2d(2)),
                    then=twice(8, 16),
                ),
                "scale3": named(
                    vertical=nn.Sequential(nn.MaxPool2d(2)),
                    then=twice(16, 32),
                ),
            },
        )
        # unet.msd:10: sweep up on 1..2 {
        self.sweep2 = nn.ModuleDict(
            {
                "scale2": VerticalThenCell(
                    nn.Sequential(nn.ConvTranspose2d(32, 16, 2, stride=2)),
                    twice(32, 16),
                ),
                "scale1": VerticalThenCell(
                    nn.Sequential(
                        nn.ConvTranspose2d(16, 8, 2, stride=2),
                        nn.ZeroPad2d((0, 0, 0, 1)),
                    ),
                    twice(16, 8),
                ),
            },
        )
        # unet.msd:15: exit middle at end on scale 2: conv1x1(classes, bias) resize
        # unet.msd:16: exit top at end on scale 1:    conv1x1(classes, bias)
        self.exits = Exits(
            {
                "middle": nn.Sequential(
                    nn.Conv2d(16, 3, 1),
                    nn.Upsample((45, 64), mode="bilinear"),
                ),
                "top": nn.Sequential(nn.Conv2d(8, 3, 1)),
            },
            self._anytime,
        )
        self.apply(initialise)
        # Convolutions are fastest where the channels of a pixel lie together.
        nn.utils.convert_conv2d_weight_memory_format(self, torch.channels_last)
        self.eval()
        # Before weights are loaded, here or into a module that this is a part of.
        hook: Callable[[object], object] = self.register_load_state_dict_pre_hook
        hook(fold)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits, each (batch, 3, 45, 64)."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to middle, at layer 2, scale 2: 3 x 45 x 64."""
        image = image.contiguous(memory_format=torch.channels_last)
        x1 = self.sweep1["scale1"](image)
        x2 = self.sweep1["scale2"](x1)
        x3 = self.sweep1["scale3"](x2)
        x2 = self.sweep2["scale2"](x2, x3)
        return self.exits["middle"](x2), (x1, x2)

    def section2(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, State]:
        """Up to top, at layer 2, scale 1: 3 x 45 x 64."""
        x1 = self.sweep2["scale1"](x1, x2)
        return self.exits["top"](x1), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        logits, state = self.section1(image)
        yield logits
        yield self.section2(*state)[0]
