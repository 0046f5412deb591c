"""Network resnet18, written by msdl 0.1.0.

Digest of the spec: 6bbef389ef956628
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from torch import Tensor, nn

State = tuple[Tensor, ...]


class FlatLinear(nn.Linear):
    """A linear layer on a feature map, flattened."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1))


# blocks.msd:15: main = conv3x3(c)/stride bn relu  conv3x3(c) bn
def basic_main(c0: int, c1: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, c1, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(c1),
        nn.ReLU(inplace=True),
        nn.Conv2d(c1, c1, 3, padding=1, bias=False),
        nn.BatchNorm2d(c1),
    )


# blocks.msd:11: block shortcut(c) = identity when stride == 1 and channels =...
def basic_skip(c0: int, c1: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(c0, c1, 1, stride=2, bias=False), nn.BatchNorm2d(c1))


# resnet18.msd:11: stages { layer basic(width)/stride }
class Basic(nn.Module):
    """Block basic."""

    def __init__(self, main: nn.Module, out: nn.Module) -> None:
        super().__init__()
        self.main = main
        self.out = out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.out(self.main(x) + x)
        return out


# resnet18.msd:11: stages { layer basic(width)/stride }
class BasicWithSkip(nn.Module):
    """Block basic."""

    def __init__(self, main: nn.Module, skip: nn.Module, out: nn.Module) -> None:
        super().__init__()
        self.main = main
        self.skip = skip
        self.out = out

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.out(self.main(x) + self.skip(x))
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
    """A network with 1 exit.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    """

    EXITS: tuple[str, ...] = ("exit1",)
    INPUT: tuple[int, int, int] = (3, 224, 224)
    CLASSES: int | None = 1000

    def __init__(self) -> None:
        super().__init__()
        # resnet18.msd:10: stem conv7x7(64)/2 bn relu  maxpool3x3/2
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, padding=1),
        )
        # resnet18.msd:11: stages { layer basic(width)/stride }
        self.layer1 = nn.ModuleDict(
            {"scale1": Basic(basic_main(64, 64), nn.Sequential(nn.ReLU()))},
        )
        self.layer2 = nn.ModuleDict(
            {"scale1": Basic(basic_main(64, 64), nn.Sequential(nn.ReLU()))},
        )
        self.layer3 = nn.ModuleDict(
            {
                "scale2": BasicWithSkip(
                    basic_main(64, 128, stride=2),
                    basic_skip(64, 128),
                    nn.Sequential(nn.ReLU()),
                ),
            },
        )
        self.layer4 = nn.ModuleDict(
            {"scale2": Basic(basic_main(128, 128), nn.Sequential(nn.ReLU()))},
        )
        self.layer5 = nn.ModuleDict(
            {
                "scale3": BasicWithSkip(
                    basic_main(128, 256, stride=2),
                    basic_skip(128, 256),
                    nn.Sequential(nn.ReLU()),
                ),
            },
        )
        self.layer6 = nn.ModuleDict(
            {"scale3": Basic(basic_main(256, 256), nn.Sequential(nn.ReLU()))},
        )
        self.layer7 = nn.ModuleDict(
            {
                "scale4": BasicWithSkip(
                    basic_main(256, 512, stride=2),
                    basic_skip(256, 512),
                    nn.Sequential(nn.ReLU()),
                ),
            },
        )
        self.layer8 = nn.ModuleDict(
            {"scale4": Basic(basic_main(512, 512), nn.Sequential(nn.ReLU()))},
        )
        # resnet18.msd:12: exit at end: gap linear(classes)
        self.exits = Exits(
            {"end": nn.Sequential(nn.AdaptiveAvgPool2d(1), FlatLinear(512, 1000))},
            self._anytime,
        )
        self.apply(initialise)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to exit1, at layer 8, scale 4."""
        x1 = self.stem(image)
        x1 = self.layer1["scale1"](x1)
        x1 = self.layer2["scale1"](x1)
        x2 = self.layer3["scale2"](x1)
        x2 = self.layer4["scale2"](x2)
        x3 = self.layer5["scale3"](x2)
        x3 = self.layer6["scale3"](x3)
        x4 = self.layer7["scale4"](x3)
        x4 = self.layer8["scale4"](x4)
        return self.exits["end"](x4), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        yield self.section1(image)[0]
