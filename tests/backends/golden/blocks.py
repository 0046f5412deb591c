"""Network all_blocks, written by msdl 0.1.0.

Digest of the spec: 68b03c2b9574124e
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


def cat(*maps: Tensor) -> Tensor:
    """Joins feature maps, channels after channels."""
    return torch.cat(maps, dim=1)


def mean(*maps: Tensor) -> Tensor:
    """The mean of several feature maps."""
    return sum(maps[1:], maps[0]) / len(maps)


def through(modules: Iterable[nn.Module], x: Tensor) -> Tensor:
    """Sends a value through modules, one after another."""
    for module in modules:
        x = module(x)
    return x


def named(**modules: nn.Module) -> nn.Sequential:
    """Modules one after another, by name instead of by number."""
    return nn.Sequential(OrderedDict(modules))


class FlatLinear(nn.Linear):
    """A linear layer on a feature map, flattened."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1))


# blocks.msd:13: y[2] = x[2] -> conv3x3(c) bn relu
def res2_y2(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, c0, 3, padding=1, bias=False),
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
    )


# blocks.msd:14: y[i] = x[i] + y[i-1] -> conv3x3(c) bn relu for i in 3..n
def res2_y3(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, c0, 3, padding=1, bias=False),
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
    )


# blocks.msd:14: y[i] = x[i] + y[i-1] -> conv3x3(c) bn relu for i in 3..n
def res2_y4(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, c0, 3, padding=1, bias=False),
        nn.BatchNorm2d(c0),
        nn.ReLU(inplace=True),
    )


# blocks.msd:15: out  = [y[1], y[2], y[3], y[n]] -> conv1x1(channels) bn
def res2_out(c0: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c0, c0, 1, bias=False), nn.BatchNorm2d(c0))


# blocks.msd:30: then bn relu
def then(c0: int) -> nn.Sequential:
    return nn.Sequential(nn.BatchNorm2d(c0), nn.ReLU(inplace=True))


# blocks.msd:5: main = conv3x3(c)/stride bn relu  conv3x3(c) bn se(c)
# blocks.msd:2: block se(c, r = 4) = in * (gap conv1x1(c/r, bias) relu conv1x...
def basic_main() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU(inplace=True),
        nn.Conv2d(32, 32, 3, padding=1, bias=False),
        nn.BatchNorm2d(32),
        nn.AdaptiveAvgPool2d(1),
        nn.Conv2d(32, 8, 1),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 32, 1),
        nn.Sigmoid(),
    )


# blocks.msd:6: skip = identity when stride == 1 and channels == c else conv1...
def basic_skip() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(16, 32, 1, stride=2, bias=False), nn.BatchNorm2d(32))


# blocks.msd:33: from j where j <= s: conv1x1(width)/(2^(s-j)) bn
def from_(c0: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, 32, 1, stride=stride, bias=False),
        nn.BatchNorm2d(32),
    )


# blocks.msd:26: layers 2 residual {
class HorizontalThenCell(nn.Module):
    """A cell that reads its own scale."""

    def __init__(self, horizontal: nn.Module, then: nn.Module) -> None:
        super().__init__()
        self.horizontal = horizontal
        self.then = then

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = x + self.then(self.horizontal(x))
        return out


# blocks.msd:11: x    = split(in, n)
class Res2(nn.Module):
    """Block res2."""

    def __init__(
        self,
        y2: nn.Module,
        y3: nn.Module,
        y4: nn.Module,
        out: nn.Module,
    ) -> None:
        super().__init__()
        self.y2 = y2
        self.y3 = y3
        self.y4 = y4
        self.out = out

    def forward(self, x: Tensor) -> Tensor:
        y2 = self.y2(x.chunk(4, 1)[1])
        y3 = self.y3(x.chunk(4, 1)[2] + y2)
        out: Tensor = self.out(
            cat(x.chunk(4, 1)[0], y2, y3, self.y4(x.chunk(4, 1)[3] + y3)),
        )
        return out


# blocks.msd:26: layers 2 residual {
class DiagonalHorizontalThenCell(nn.Module):
    """A cell that reads its own scale and the next finer scale."""

    def __init__(
        self,
        diagonal: nn.Module,
        horizontal: nn.Module,
        then: nn.Module,
    ) -> None:
        super().__init__()
        self.diagonal = diagonal
        self.horizontal = horizontal
        self.then = then

    def forward(self, x: Tensor, finer: Tensor) -> Tensor:
        out: Tensor = x + self.then(self.diagonal(finer) + self.horizontal(x))
        return out


# blocks.msd:5: main = conv3x3(c)/stride bn relu  conv3x3(c) bn se(c)
class Basic(nn.Module):
    """Block basic."""

    def __init__(self, main: nn.Module, skip: nn.Module, out: nn.Module) -> None:
        super().__init__()
        self.main = main
        self.skip = skip
        self.out = out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.out(self.main(x) + self.skip(x))
        return out


# blocks.msd:5: main = conv3x3(c)/stride bn relu  conv3x3(c) bn se(c)
class BasicMain(nn.Sequential):
    """Block basic."""

    def forward(self, x: Tensor) -> Tensor:
        y = through(list(self)[0:5], x)
        return y * through(list(self)[5:10], y)


# blocks.msd:32: layers 1 {
class FromCell(nn.Module):
    """A cell that reads its own scale and the next finer scale."""

    def __init__(self, from1: nn.Module, from2: nn.Module) -> None:
        super().__init__()
        self.from1 = from1
        self.from2 = from2

    def forward(self, x: Tensor, finer: Tensor) -> Tensor:
        out: Tensor = self.from1(finer) + self.from2(x)
        return out


# blocks.msd:19: conv3x3(c) bn relu when C == 1 else (conv3x3(c) bn relu, mea...
class Horizontal(nn.Sequential):
    """A chain that joins values on its way."""

    def forward(self, x: Tensor) -> Tensor:
        average = mean(through(list(self)[3:6], x), through(list(self)[6:12], x))
        y = through(list(self)[0:3], x)
        y2 = through(list(self)[12:15], average)
        y3 = through(list(self)[15:21], average)
        out: Tensor = self[21](mean(y, y2, y3))
        return out


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
    """A network with 2 exits.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    """

    EXITS: tuple[str, ...] = ("early", "exit2")
    INPUT: tuple[int, int, int] = (3, 32, 32)
    CLASSES: int | None = 5

    def __init__(self) -> None:
        super().__init__()
        # blocks.msd:24: stem     conv3x3(width) bn relu
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False),
            nn.BatchNorm2d(16),
            nn.ReLU(inplace=True),
        )
        # blocks.msd:25: vertical conv3x3(width)/2 bn relu
        self.layer0 = nn.ModuleDict(
            {
                "scale2": named(
                    vertical=nn.Sequential(
                        nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                    ),
                ),
            },
        )
        # blocks.msd:26: layers 2 residual {
        self.layer1 = nn.ModuleDict(
            {
                "scale1": HorizontalThenCell(
                    Res2(res2_y2(4), res2_y3(4), res2_y4(4), res2_out(16)),
                    then(16),
                ),
                "scale2": DiagonalHorizontalThenCell(
                    Basic(
                        BasicMain(*basic_main()),
                        basic_skip(),
                        nn.Sequential(nn.ReLU()),
                    ),
                    Res2(res2_y2(8), res2_y3(8), res2_y4(8), res2_out(32)),
                    then(32),
                ),
            },
        )
        self.layer2 = nn.ModuleDict(
            {
                "scale1": HorizontalThenCell(
                    Res2(res2_y2(4), res2_y3(4), res2_y4(4), res2_out(16)),
                    then(16),
                ),
                "scale2": DiagonalHorizontalThenCell(
                    Basic(
                        BasicMain(*basic_main()),
                        basic_skip(),
                        nn.Sequential(nn.ReLU()),
                    ),
                    Res2(res2_y2(8), res2_y3(8), res2_y4(8), res2_out(32)),
                    then(32),
                ),
            },
        )
        # blocks.msd:32: layers 1 {
        self.layer3 = nn.ModuleDict(
            {"scale2": FromCell(from_(16, stride=2), from_(32))},
        )
        # blocks.msd:36: layers 1 { horizontal mean(fractal(3, width)) dropout(0.1) }
        self.layer4 = nn.ModuleDict(
            {
                "scale2": named(
                    horizontal=Horizontal(
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Conv2d(32, 32, 3, padding=1, bias=False),
                        nn.BatchNorm2d(32),
                        nn.ReLU(inplace=True),
                        nn.Dropout(0.1),
                    ),
                ),
            },
        )
        # blocks.msd:37: exit early at 2: gap linear(classes)
        # blocks.msd:38: exit at end: gap linear(classes) softmax
        self.exits = Exits(
            {
                "early": nn.Sequential(nn.AdaptiveAvgPool2d(1), FlatLinear(32, 5)),
                "end": nn.Sequential(
                    nn.AdaptiveAvgPool2d(1),
                    FlatLinear(32, 5),
                    nn.Softmax(dim=1),
                ),
            },
            self._anytime,
        )
        self.apply(initialise)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to early, at layer 2, scale 2."""
        x1 = self.stem(image)
        x2 = self.layer0["scale2"](x1)
        x2 = self.layer1["scale2"](x2, x1)
        x1 = self.layer1["scale1"](x1)
        x2 = self.layer2["scale2"](x2, x1)
        return self.exits["early"](x2), (x1, x2)

    def section2(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, State]:
        """Up to exit2, at layer 4, scale 2."""
        x1 = self.layer2["scale1"](x1)
        x2 = self.layer3["scale2"](x2, x1)
        x2 = self.layer4["scale2"](x2)
        return self.exits["end"](x2), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        logits, state = self.section1(image)
        yield logits
        yield self.section2(*state)[0]
