"""Network unpooling, written by msdl 0.1.0.

Digest of the spec: 212f57daf1585ca2
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

from torch import Tensor, nn

State = tuple[Tensor, ...]


def unpool(
    x: Tensor,
    source: Tensor,
    kernel: tuple[int, int],
    stride: tuple[int, int] | None = None,
    padding: tuple[int, int] = (0, 0),
    ceil_mode: bool = False,
) -> Tensor:
    """Undoes a max pool of `source`: pixels go back to where its maxima were."""
    size, pool = source.shape[-2:], nn.functional.max_pool2d_with_indices
    _, places = pool(source.detach(), kernel, stride, padding, ceil_mode=ceil_mode)
    return nn.functional.max_unpool2d(x, places, kernel, stride, padding, size)


def named(**modules: nn.Module) -> nn.Sequential:
    """Modules one after another, by name instead of by number."""
    return nn.Sequential(OrderedDict(modules))


def numbered(*layers: tuple[int, nn.Module]) -> nn.Sequential:
    """Layers one after another, by numbers with gaps between them."""
    return nn.Sequential(OrderedDict((str(number), layer) for number, layer in layers))


# unpool.msd:5: block unit(c) = conv3x3(c, bias) bn relu
def unit(c0: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(c0, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
    )


# unpool.msd:21: exit at 1:              conv1x1(classes, bias) resize(corners)
def classifier() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(8, 3, 1),
        nn.Upsample((24, 32), mode="bilinear", align_corners=True),
    )


# unpool.msd:5: block unit(c) = conv3x3(c, bias) bn relu
def unit2() -> nn.Sequential:
    return numbered(
        (1, nn.Conv2d(8, 8, 3, padding=1)),
        (2, nn.BatchNorm2d(8)),
        (3, nn.ReLU(inplace=True)),
    )


# unpool.msd:7: t   = conv1x1(c, bias) sigmoid
def chosen_t() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(8, 8, 1), nn.Sigmoid())


# unpool.msd:5: block unit(c) = conv3x3(c, bias) bn relu
def chosen_h() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(8, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
    )


# unpool.msd:15: sweep up on 1..2 {
class VerticalHorizontalThenCell(nn.Module):
    """A cell that reads its own scale and the next coarser scale."""

    def __init__(
        self,
        vertical: nn.Module,
        horizontal: nn.Module,
        then: nn.Module,
    ) -> None:
        super().__init__()
        self.vertical = vertical
        self.horizontal = horizontal
        self.then = then

    def forward(self, x: Tensor, coarser: Tensor) -> Tensor:
        join = self.vertical(unpool(coarser, x, (2, 2))) - 0.5 * self.horizontal(x)
        out: Tensor = self.then(join)
        return out


# unpool.msd:7: t   = conv1x1(c, bias) sigmoid
class Chosen(nn.Module):
    """Block chosen."""

    def __init__(self, t: nn.Module, h: nn.Module) -> None:
        super().__init__()
        self.t = t
        self.h = h

    def forward(self, x: Tensor) -> Tensor:
        t = self.t(x)
        out: Tensor = (self.h(x) * t) + ((1 - t) * x)
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
    """A network with 3 exits.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    """

    EXITS: tuple[str, ...] = ("exit1", "exit2", "exit3")
    INPUT: tuple[int, int, int] = (3, 24, 32)
    CLASSES: int | None = 3

    def __init__(self) -> None:
        super().__init__()
        # unpool.msd:11: sweep down enc {
        self.enc = nn.ModuleDict(
            {
                "scale1": named(then=unit(3)),
                "scale2": named(vertical=nn.Sequential(nn.MaxPool2d(2)), then=unit(8)),
                "scale3": named(vertical=nn.Sequential(nn.MaxPool2d(2)), then=unit(8)),
            },
        )
        # unpool.msd:15: sweep up on 1..2 {
        self.sweep1 = nn.ModuleDict(
            {
                "scale2": VerticalHorizontalThenCell(
                    unit2(),
                    nn.Sequential(nn.Conv2d(8, 8, 1, bias=False)),
                    Chosen(chosen_t(), chosen_h()),
                ),
                "scale1": VerticalHorizontalThenCell(
                    unit2(),
                    nn.Sequential(nn.Conv2d(8, 8, 1, bias=False)),
                    Chosen(chosen_t(), chosen_h()),
                ),
            },
        )
        # unpool.msd:21: exit at 1:              conv1x1(classes, bias) resize(corners)
        # unpool.msd:22: exit at end on scale 2: conv1x1(classes, bias) resize(corners)
        # unpool.msd:23: exit at end on scale 1: deconv4x4(classes, up = 2, pad = 1,...
        self.exits = Exits(
            {
                "layer1": classifier(),
                "end_scale2": classifier(),
                "end_scale1": nn.Sequential(
                    nn.ConvTranspose2d(8, 3, 4, stride=2, padding=1),
                    nn.ZeroPad2d((-3, -29, -3, -21)),
                ),
            },
            self._anytime,
        )
        self.apply(initialise)

    def forward(self, image: Tensor) -> tuple[Tensor, ...]:
        """The outputs of all exits, each (batch, 3, 24, 32)."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to exit1, at layer 1, scale 3: 3 x 24 x 32."""
        x1 = self.enc["scale1"](image)
        x2 = self.enc["scale2"](x1)
        x3 = self.enc["scale3"](x2)
        return self.exits["layer1"](x3), (x1, x2, x3)

    def section2(self, x1: Tensor, x2: Tensor, x3: Tensor) -> tuple[Tensor, State]:
        """Up to exit2, at layer 2, scale 2: 3 x 24 x 32."""
        x2 = self.sweep1["scale2"](x2, x3)
        return self.exits["end_scale2"](x2), (x1, x2)

    def section3(self, x1: Tensor, x2: Tensor) -> tuple[Tensor, State]:
        """Up to exit3, at layer 2, scale 1: 3 x 24 x 32."""
        x1 = self.sweep1["scale1"](x1, x2)
        return self.exits["end_scale1"](x1), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        logits, state = self.section1(image)
        yield logits
        logits, state = self.section2(*state)
        yield logits
        yield self.section3(*state)[0]
