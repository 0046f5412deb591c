"""Network densenet_mc, written by msdl 0.1.0.

Digest of the spec: 14a681e00ad04a38
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


def cat(*maps: Tensor) -> Tensor:
    """Joins feature maps, channels after channels."""
    return torch.cat(maps, dim=1)


def through(modules: Iterable[nn.Module], x: Tensor) -> Tensor:
    """Sends a value through modules, one after another."""
    for module in modules:
        x = module(x)
    return x


class FlatLinear(nn.Linear):
    """A linear layer on a feature map, flattened."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1))


# densenet_mc.msd:9: layer   bn relu conv3x3(k)
def layer(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
        nn.Conv2d(c0, 6, 3, padding=1, bias=False),
    )


# blocks.msd:43: block pooled(classes) = bn relu gap linear(classes)
def pooled(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        FlatLinear(c0, 100),
    )


# densenet_mc.msd:10: between bn relu conv1x1(channels) avgpool2x2/2
def between(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
        nn.Conv2d(c0, c0, 1, bias=False),
        nn.AvgPool2d(2),
    )


# densenet_mc.msd:8: stages dense {
class DenseCell(nn.Sequential):
    """A chain that joins values on its way, concatenated to what it reads."""

    def forward(self, x: Tensor) -> Tensor:
        return cat(x, through(self, x))


def initialise(module: nn.Module) -> None:
    """Draws the weights of a convolution as He et al. (2015) do; biases start at 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
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
    """A network with 7 exits.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    """

    EXITS: tuple[str, ...] = (
        "exit1",
        "exit2",
        "exit3",
        "exit4",
        "exit5",
        "exit6",
        "exit7",
    )
    INPUT: tuple[int, int, int] = (3, 32, 32)
    CLASSES: int | None = 100

    def __init__(self) -> None:
        super().__init__()
        # densenet_mc.msd:7: stem conv3x3(16)
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False))
        # densenet_mc.msd:8: stages dense {
        self.layer1 = nn.ModuleDict({"scale1": DenseCell(*layer(16))})
        self.layer2 = nn.ModuleDict({"scale1": DenseCell(*layer(22))})
        self.layer3 = nn.ModuleDict({"scale1": DenseCell(*layer(28))})
        self.layer4 = nn.ModuleDict({"scale1": DenseCell(*layer(34))})
        self.layer5 = nn.ModuleDict({"scale1": DenseCell(*layer(40))})
        self.layer6 = nn.ModuleDict({"scale1": DenseCell(*layer(46))})
        self.layer7 = nn.ModuleDict({"scale1": DenseCell(*layer(52))})
        self.layer8 = nn.ModuleDict({"scale1": DenseCell(*layer(58))})
        self.layer9 = nn.ModuleDict({"scale1": DenseCell(*layer(64))})
        self.layer10 = nn.ModuleDict({"scale1": DenseCell(*layer(70))})
        self.layer11 = nn.ModuleDict({"scale1": DenseCell(*layer(76))})
        self.layer12 = nn.ModuleDict({"scale1": DenseCell(*layer(82))})
        self.layer13 = nn.ModuleDict({"scale1": DenseCell(*layer(88))})
        self.layer14 = nn.ModuleDict({"scale1": DenseCell(*layer(94))})
        self.layer15 = nn.ModuleDict({"scale1": DenseCell(*layer(100))})
        self.layer16 = nn.ModuleDict({"scale1": DenseCell(*layer(106))})
        self.between2 = between(112)
        self.layer17 = nn.ModuleDict({"scale2": DenseCell(*layer(112))})
        self.layer18 = nn.ModuleDict({"scale2": DenseCell(*layer(118))})
        self.layer19 = nn.ModuleDict({"scale2": DenseCell(*layer(124))})
        self.layer20 = nn.ModuleDict({"scale2": DenseCell(*layer(130))})
        self.layer21 = nn.ModuleDict({"scale2": DenseCell(*layer(136))})
        self.layer22 = nn.ModuleDict({"scale2": DenseCell(*layer(142))})
        self.layer23 = nn.ModuleDict({"scale2": DenseCell(*layer(148))})
        self.layer24 = nn.ModuleDict({"scale2": DenseCell(*layer(154))})
        self.layer25 = nn.ModuleDict({"scale2": DenseCell(*layer(160))})
        self.layer26 = nn.ModuleDict({"scale2": DenseCell(*layer(166))})
        self.layer27 = nn.ModuleDict({"scale2": DenseCell(*layer(172))})
        self.layer28 = nn.ModuleDict({"scale2": DenseCell(*layer(178))})
        self.layer29 = nn.ModuleDict({"scale2": DenseCell(*layer(184))})
        self.layer30 = nn.ModuleDict({"scale2": DenseCell(*layer(190))})
        self.layer31 = nn.ModuleDict({"scale2": DenseCell(*layer(196))})
        self.layer32 = nn.ModuleDict({"scale2": DenseCell(*layer(202))})
        self.between3 = between(208)
        self.layer33 = nn.ModuleDict({"scale3": DenseCell(*layer(208))})
        self.layer34 = nn.ModuleDict({"scale3": DenseCell(*layer(214))})
        self.layer35 = nn.ModuleDict({"scale3": DenseCell(*layer(220))})
        self.layer36 = nn.ModuleDict({"scale3": DenseCell(*layer(226))})
        self.layer37 = nn.ModuleDict({"scale3": DenseCell(*layer(232))})
        self.layer38 = nn.ModuleDict({"scale3": DenseCell(*layer(238))})
        self.layer39 = nn.ModuleDict({"scale3": DenseCell(*layer(244))})
        self.layer40 = nn.ModuleDict({"scale3": DenseCell(*layer(250))})
        self.layer41 = nn.ModuleDict({"scale3": DenseCell(*layer(256))})
        self.layer42 = nn.ModuleDict({"scale3": DenseCell(*layer(262))})
        self.layer43 = nn.ModuleDict({"scale3": DenseCell(*layer(268))})
        self.layer44 = nn.ModuleDict({"scale3": DenseCell(*layer(274))})
        self.layer45 = nn.ModuleDict({"scale3": DenseCell(*layer(280))})
        self.layer46 = nn.ModuleDict({"scale3": DenseCell(*layer(286))})
        self.layer47 = nn.ModuleDict({"scale3": DenseCell(*layer(292))})
        self.layer48 = nn.ModuleDict({"scale3": DenseCell(*layer(298))})
        # densenet_mc.msd:12: exits at 6, 12 in each stage: pooled(classes)
        # densenet_mc.msd:13: exit at end:                  pooled(classes)
        self.exits = Exits(
            {
                "layer6": pooled(52),
                "layer12": pooled(88),
                "layer22": pooled(148),
                "layer28": pooled(184),
                "layer38": pooled(244),
                "layer44": pooled(280),
                "end": pooled(304),
            },
            self._anytime,
        )
        self.apply(initialise)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to exit1, at layer 6, scale 1."""
        x1 = self.stem(image)
        x1 = self.layer1["scale1"](x1)
        x1 = self.layer2["scale1"](x1)
        x1 = self.layer3["scale1"](x1)
        x1 = self.layer4["scale1"](x1)
        x1 = self.layer5["scale1"](x1)
        x1 = self.layer6["scale1"](x1)
        return self.exits["layer6"](x1), (x1,)

    def section2(self, x1: Tensor) -> tuple[Tensor, State]:
        """Up to exit2, at layer 12, scale 1."""
        x1 = self.layer7["scale1"](x1)
        x1 = self.layer8["scale1"](x1)
        x1 = self.layer9["scale1"](x1)
        x1 = self.layer10["scale1"](x1)
        x1 = self.layer11["scale1"](x1)
        x1 = self.layer12["scale1"](x1)
        return self.exits["layer12"](x1), (x1,)

    def section3(self, x1: Tensor) -> tuple[Tensor, State]:
        """Up to exit3, at layer 22, scale 2."""
        x1 = self.layer13["scale1"](x1)
        x1 = self.layer14["scale1"](x1)
        x1 = self.layer15["scale1"](x1)
        x1 = self.layer16["scale1"](x1)
        x2 = self.between2(x1)
        x2 = self.layer17["scale2"](x2)
        x2 = self.layer18["scale2"](x2)
        x2 = self.layer19["scale2"](x2)
        x2 = self.layer20["scale2"](x2)
        x2 = self.layer21["scale2"](x2)
        x2 = self.layer22["scale2"](x2)
        return self.exits["layer22"](x2), (x2,)

    def section4(self, x2: Tensor) -> tuple[Tensor, State]:
        """Up to exit4, at layer 28, scale 2."""
        x2 = self.layer23["scale2"](x2)
        x2 = self.layer24["scale2"](x2)
        x2 = self.layer25["scale2"](x2)
        x2 = self.layer26["scale2"](x2)
        x2 = self.layer27["scale2"](x2)
        x2 = self.layer28["scale2"](x2)
        return self.exits["layer28"](x2), (x2,)

    def section5(self, x2: Tensor) -> tuple[Tensor, State]:
        """Up to exit5, at layer 38, scale 3."""
        x2 = self.layer29["scale2"](x2)
        x2 = self.layer30["scale2"](x2)
        x2 = self.layer31["scale2"](x2)
        x2 = self.layer32["scale2"](x2)
        x3 = self.between3(x2)
        x3 = self.layer33["scale3"](x3)
        x3 = self.layer34["scale3"](x3)
        x3 = self.layer35["scale3"](x3)
        x3 = self.layer36["scale3"](x3)
        x3 = self.layer37["scale3"](x3)
        x3 = self.layer38["scale3"](x3)
        return self.exits["layer38"](x3), (x3,)

    def section6(self, x3: Tensor) -> tuple[Tensor, State]:
        """Up to exit6, at layer 44, scale 3."""
        x3 = self.layer39["scale3"](x3)
        x3 = self.layer40["scale3"](x3)
        x3 = self.layer41["scale3"](x3)
        x3 = self.layer42["scale3"](x3)
        x3 = self.layer43["scale3"](x3)
        x3 = self.layer44["scale3"](x3)
        return self.exits["layer44"](x3), (x3,)

    def section7(self, x3: Tensor) -> tuple[Tensor, State]:
        """Up to exit7, at layer 48, scale 3."""
        x3 = self.layer45["scale3"](x3)
        x3 = self.layer46["scale3"](x3)
        x3 = self.layer47["scale3"](x3)
        x3 = self.layer48["scale3"](x3)
        return self.exits["end"](x3), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        logits, state = self.section1(image)
        yield logits
        logits, state = self.section2(*state)
        yield logits
        logits, state = self.section3(*state)
        yield logits
        logits, state = self.section4(*state)
        yield logits
        logits, state = self.section5(*state)
        yield logits
        logits, state = self.section6(*state)
        yield logits
        yield self.section7(*state)[0]
