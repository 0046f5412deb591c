"""Seven configurations of the published MSDNet, exit by exit: written with the library's networks, or here."""

from __future__ import annotations

import pytest

from msdl.compilation import Compilation
from tests.library.facts import MSDNET, Counts, ExitFacts

# What the library's networks have no parameter for; {REDUCTION} and {PATHS} are where the three differ.
VARIANT = """
import "blocks.msd"

network variant(classes = 100, depth = 16, size = 32) {
  input 3 x size x size
  scales 3 {
    init   16, 32, 64
    growth  6, 12, 24
    widen   1,  2,  4
  }
  stem     conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    {PATHS}
  }
  {REDUCTION}
  exits at 4..depth step 2: classifier(128, classes)
}
"""
BOTTLENECKS = "diagonal h(share, widen[s-1])/2;  horizontal h(share, widen)"
ONE_CONVOLUTION = "diagonal conv3x3(share)/2 bn relu;  horizontal conv3x3(share) bn relu"
REDUCTION = "reduce at 6, 12: conv1x1(compress(0.5)) bn relu"
# `prune min`: a scale leaves when no exit needs it any more, which msdl finds by itself.
THIRDS = "transition at floor(depth / 3), floor(2 * depth / 3): conv1x1(compress(0.5)) bn relu"


def variant(paths: str, reduction: str) -> Compilation:
    return Compilation.of_text(VARIANT.replace("{PATHS}", paths).replace("{REDUCTION}", reduction))


CONFIGURATIONS: dict[str, Compilation] = {
    "cifar100_anytime_b7": Compilation.of("msdnet_cifar_anytime", depth=16),
    "cifar10_anytime_b10": Compilation.of("msdnet_cifar_anytime", depth=22, classes=10),
    "cifar100_budget_b5": Compilation.of("msdnet_cifar_budgeted", K=5),
    "imagenet_step4": Compilation.of("msdnet_imagenet", spacing=4, base=4),
    "cifar100_anytime_b7_min": variant(BOTTLENECKS, THIRDS),
    "cifar100_anytime_b7_red0": variant(BOTTLENECKS, "reduce in 3 blocks"),
    "cifar100_anytime_b7_nobn": variant(ONE_CONVOLUTION, REDUCTION),
}


@pytest.mark.parametrize("name", MSDNET)
def test_every_exit_costs_what_the_port_counts(name: str) -> None:
    costs = CONFIGURATIONS[name].costs
    assert [
        ExitFacts(exit.layer, exit.channels, exit.parameters, exit.macs.grid, exit.macs.lazy, exit.macs.direct)
        for exit in costs.exits
    ] == list(MSDNET[name])
    assert costs.parameters == costs.exits[-1].parameters


@pytest.mark.parametrize(
    ("depth", "codes"),
    [(24, []), (22, ["MSD513"]), (16, ["MSD513"]), (12, [])],
)
def test_blocks_of_unequal_length_are_a_warning(depth: int, codes: list[str]) -> None:
    assert [found.code for found in Compilation.of("msdnet_cifar_anytime", depth=depth).diagnostics] == codes


@pytest.mark.parametrize(
    ("name", "settings", "counts", "layers"),
    [
        ("msdnet_cifar_anytime", {}, Counts(5_597_760, 134_100_480), [4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]),
        ("msdnet_cifar_budgeted", {}, Counts(5_310_564, 191_821_824), [1, 3, 6, 10, 15, 21, 28, 36]),
        ("msdnet_cifar_budgeted", {"K": 5}, Counts(2_078_924, 58_087_936), [1, 3, 6, 10, 15]),
        ("msdnet_imagenet", {}, Counts(23_958_440, 1_355_606_016), [4, 8, 12, 16, 20]),
    ],
)
def test_published_sizes(name: str, settings: dict[str, int], counts: Counts, layers: list[int]) -> None:
    costs = Compilation.of(name, **settings).costs
    assert Counts(costs.parameters, costs.macs) == counts
    assert [exit.layer for exit in costs.exits] == layers


def test_reduction_saves_most_of_the_late_layers() -> None:
    """A third and more of the work, and of the parameters: what network reduction is for."""
    reduced, unreduced = Compilation.of("msdnet_cifar_anytime").costs, Compilation.of("msdnet_cifar_unreduced").costs
    assert reduced.exits[0].macs == unreduced.exits[0].macs
    assert reduced.macs < 0.7 * unreduced.macs
    assert reduced.parameters < 0.75 * unreduced.parameters
