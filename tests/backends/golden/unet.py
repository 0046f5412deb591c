"""Network unet_twice, written by msdl 0.1.0.

Digest of the spec: a7841a84de9fe87e
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


# unet.msd:5: block twice(c) = conv3x3(c) bn relu  conv3x3(c) bn relu
def twice(c0: int, c1: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, c1, 3, padding=1, bias=False),
        nn.BatchNorm2d(c1),
        nn.ReLU(inplace=True),
        nn.Conv2d(c1, c1, 3, padding=1, bias=False),
        nn.BatchNorm2d(c1),
        nn.ReLU(inplace=True),
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
                    nn.Sequential(
                        nn.ConvTranspose2d(32, 16, 2, stride=2),
                        nn.ZeroPad2d(0),
                    ),
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

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits, each (batch, 3, 45, 64)."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to middle, at layer 2, scale 2: 3 x 45 x 64."""
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
