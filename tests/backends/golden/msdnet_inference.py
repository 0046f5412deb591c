"""Network msdnet_cifar_budgeted for inference, written by msdl 0.1.0.

Digest of the spec: c1240ae93c44ebd0

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


class FlatLinear(nn.Linear):
    """A linear layer on a feature map, flattened."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.flatten(1))


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
    Here `stem.0` does the work of `stem.1`, too.
    """
    kept = network.state_dict(prefix=prefix)
    for name, module in network.named_modules():
        if not isinstance(module, nn.Conv2d):
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
        scaled = weight * scale.view(len(weight), 1, 1, 1)
        weights[f"{conv}.weight"] = scaled.to(weight.dtype)


# msdnet_cifar_budgeted.msd:12: vertical conv3x3(init)/2 bn relu
def vertical(c0: int, c1: int) -> nn.Sequential:
    return numbered(
        (0, nn.Conv2d(c0, c1, 3, stride=2, padding=1)),
        (2, nn.ReLU(inplace=True)),
    )


# blocks.msd:4: block h(c, w) = conv1x1(min(channels, w * c)) bn relu  conv3x...
def h(c0: int, c1: int, c2: int, stride: int = 1) -> nn.Sequential:
    return numbered(
        (0, nn.Conv2d(c0, c1, 1)),
        (2, nn.ReLU(inplace=True)),
        (3, nn.Conv2d(c1, c2, 3, stride=stride, padding=1)),
        (5, nn.ReLU(inplace=True)),
    )


# blocks.msd:8: conv3x3(c)/2 bn relu  conv3x3(c)/2 bn relu  avgpool2x2/2 line...
def classifier(c0: int) -> nn.Sequential:
    return numbered(
        (0, nn.Conv2d(c0, 128, 3, stride=2, padding=1)),
        (2, nn.ReLU(inplace=True)),
        (3, nn.Conv2d(128, 128, 3, stride=2, padding=1)),
        (5, nn.ReLU(inplace=True)),
        (6, nn.AvgPool2d(2)),
        (7, FlatLinear(128, 10)),
    )


# msdnet_cifar_budgeted.msd:17: reduce in 3 blocks: conv1x1(compress(0.5)) bn...
def transition(c0: int, c1: int) -> nn.Sequential:
    return numbered((0, nn.Conv2d(c0, c1, 1)), (2, nn.ReLU(inplace=True)))


# msdnet_cifar_budgeted.msd:13: layers K*(K+1)/2 dense(growth) {
class HorizontalCell(nn.Module):
    """A cell that reads its own scale."""

    def __init__(self, horizontal: nn.Module) -> None:
        super().__init__()
        self.horizontal = horizontal

    def forward(self, x: Tensor) -> Tensor:
        return cat(x, self.horizontal(x))


# msdnet_cifar_budgeted.msd:13: layers K*(K+1)/2 dense(growth) {
class DiagonalHorizontalCell(nn.Module):
    """A cell that reads its own scale and the next finer scale."""

    def __init__(self, diagonal: nn.Module, horizontal: nn.Module) -> None:
        super().__init__()
        self.diagonal = diagonal
        self.horizontal = horizontal

    def forward(self, x: Tensor, finer: Tensor) -> Tensor:
        return cat(x, self.diagonal(finer), self.horizontal(x))


# msdnet_cifar_budgeted.msd:13: layers K*(K+1)/2 dense(growth) {
class DiagonalHorizontalTransitionCell(nn.Module):
    """A cell that reads its own scale and the next finer scale."""

    def __init__(
        self,
        diagonal: nn.Module,
        horizontal: nn.Module,
        transition: nn.Module,
    ) -> None:
        super().__init__()
        self.diagonal = diagonal
        self.horizontal = horizontal
        self.transition = transition

    def forward(self, x: Tensor, finer: Tensor) -> Tensor:
        out: Tensor = self.transition(cat(x, self.diagonal(finer), self.horizontal(x)))
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
    """A network with 3 exits.

    Called with images, it computes all of them; `exits(image)` gives one after another,
    and what isn't asked for isn't computed. A section is the work up to an exit: from
    the state that the one before left, it makes the exit's output and the new state.
    It starts in evaluation mode, and has nothing that only training needs.
    """

    EXITS: tuple[str, ...] = ("exit1", "exit2", "exit3")
    INPUT: tuple[int, int, int] = (3, 32, 32)
    CLASSES: int | None = 10

    def __init__(self) -> None:
        super().__init__()
        # msdnet_cifar_budgeted.msd:11: stem     conv3x3(init) bn relu
        self.stem = numbered(
            (0, nn.Conv2d(3, 16, 3, padding=1)),
            (2, nn.ReLU(inplace=True)),
        )
        # msdnet_cifar_budgeted.msd:12: vertical conv3x3(init)/2 bn relu
        self.layer0 = nn.ModuleDict(
            {
                "scale2": named(vertical=vertical(16, 32)),
                "scale3": named(vertical=vertical(32, 64)),
            },
        )
        # msdnet_cifar_budgeted.msd:13: layers K*(K+1)/2 dense(growth) {
        self.layer1 = nn.ModuleDict(
            {
                "scale1": HorizontalCell(h(16, 6, 6)),
                "scale2": DiagonalHorizontalCell(h(16, 6, 6, stride=2), h(32, 12, 6)),
                "scale3": DiagonalHorizontalCell(
                    h(32, 24, 12, stride=2),
                    h(64, 48, 12),
                ),
            },
        )
        self.layer2 = nn.ModuleDict(
            {
                "scale1": HorizontalCell(h(22, 6, 6)),
                "scale2": DiagonalHorizontalCell(h(22, 6, 6, stride=2), h(44, 12, 6)),
                "scale3": DiagonalHorizontalCell(
                    h(44, 24, 12, stride=2),
                    h(88, 48, 12),
                ),
            },
        )
        self.layer3 = nn.ModuleDict(
            {
                "scale2": DiagonalHorizontalTransitionCell(
                    h(28, 6, 6, stride=2),
                    h(56, 12, 6),
                    transition(68, 34),
                ),
                "scale3": DiagonalHorizontalTransitionCell(
                    h(56, 24, 12, stride=2),
                    h(112, 48, 12),
                    transition(136, 68),
                ),
            },
        )
        self.layer4 = nn.ModuleDict(
            {
                "scale2": HorizontalCell(h(34, 24, 12)),
                "scale3": DiagonalHorizontalCell(
                    h(34, 24, 12, stride=2),
                    h(68, 48, 12),
                ),
            },
        )
        self.layer5 = nn.ModuleDict(
            {
                "scale3": DiagonalHorizontalTransitionCell(
                    h(46, 24, 12, stride=2),
                    h(92, 48, 12),
                    transition(116, 56),
                ),
            },
        )
        self.layer6 = nn.ModuleDict({"scale3": HorizontalCell(h(56, 56, 24))})
        # msdnet_cifar_budgeted.msd:18: exits at n*(n+1)/2 for n in 1..K: classifier(...
        self.exits = Exits(
            {
                "layer1": classifier(88),
                "layer3": classifier(68),
                "layer6": classifier(80),
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
        """The outputs of all exits."""
        return tuple(self._anytime(image))

    def section1(self, image: Tensor) -> tuple[Tensor, State]:
        """Up to exit1, at layer 1, scale 3."""
        image = image.contiguous(memory_format=torch.channels_last)
        x1 = self.stem(image)
        x2 = self.layer0["scale2"](x1)
        x3 = self.layer0["scale3"](x2)
        x3 = self.layer1["scale3"](x3, x2)
        return self.exits["layer1"](x3), (x1, x2, x3)

    def section2(self, x1: Tensor, x2: Tensor, x3: Tensor) -> tuple[Tensor, State]:
        """Up to exit2, at layer 3, scale 3."""
        x2 = self.layer1["scale2"](x2, x1)
        x3 = self.layer2["scale3"](x3, x2)
        x1 = self.layer1["scale1"](x1)
        x2 = self.layer2["scale2"](x2, x1)
        x3 = self.layer3["scale3"](x3, x2)
        return self.exits["layer3"](x3), (x1, x2, x3)

    def section3(self, x1: Tensor, x2: Tensor, x3: Tensor) -> tuple[Tensor, State]:
        """Up to exit3, at layer 6, scale 3."""
        x1 = self.layer2["scale1"](x1)
        x2 = self.layer3["scale2"](x2, x1)
        x3 = self.layer4["scale3"](x3, x2)
        x2 = self.layer4["scale2"](x2)
        x3 = self.layer5["scale3"](x3, x2)
        x3 = self.layer6["scale3"](x3)
        return self.exits["layer6"](x3), ()

    def _anytime(self, image: Tensor) -> Iterator[Tensor]:
        """The sections chained; what nobody asks for is not computed."""
        logits, state = self.section1(image)
        yield logits
        logits, state = self.section2(*state)
        yield logits
        yield self.section3(*state)[0]
