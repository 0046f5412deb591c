"""Every network of the library is what its file says: it checks, it counts what it expects, its name is the file's."""

from __future__ import annotations

from functools import cache
from statistics import median

import pytest

from msdl import library
from msdl.compilation import Compilation
from msdl.diagnostics import Severity
from tests.library.facts import ABLATIONS, Counts
from tests.library.zoo import ZOO, Network

SHARED_BLOCKS = "blocks"
NETWORKS = [name for name in library.specs() if name != SHARED_BLOCKS]


@cache
def compiled(name: str) -> Compilation:
    """A network of the library as it stands."""
    return Compilation.of(name)


# Notes that are meant: the codes a network's diagnostics have.
MEANT = {
    "msdnet_imagenet": ["MSD511"],  # the fourth exit reads the compressed map, as in the published weights
    "msdnet_cifar_unreduced": ["MSD514"],  # no exit needs the fine scales of the last layers
}


def test_the_library_holds_the_papers_networks() -> None:
    msdnets = {"msdnet_cifar_anytime", "msdnet_cifar_budgeted", "msdnet_cifar_unreduced", "msdnet_imagenet"}
    units = {"strip_pooling", "nasnet_cell", "shufflenet_v1"}
    assert set(NETWORKS) >= msdnets | units | {"msdnet_seg"} | set(ABLATIONS) | set(ZOO)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_checks(name: str) -> None:
    """Without a warning; `expect` is one of the checks, and every file has one that counts exactly."""
    compilation = compiled(name)
    assert [found.code for found in compilation.diagnostics] == MEANT.get(name, [])
    assert {found.severity for found in compilation.diagnostics} <= {Severity.NOTE}
    spec = compilation.spec
    assert spec is not None
    claims = {claim.quantity.text: claim for claim in spec.expectations}
    counted = {"params": compilation.costs.parameters, "macs": compilation.costs.macs}
    assert {what: (claim.comparison, claim.number.value) for what, claim in claims.items()} == {
        what: ("==", count) for what, count in counted.items()
    }


@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_says_what_it_holds(name: str) -> None:
    """One network, named as its file; the first line is about it, for `msdl list`."""
    compilation = compiled(name)
    assert compilation.document is not None
    assert [network.name.text for network in compilation.document.networks] == [name]
    assert compilation.text is not None
    about = compilation.text.text.splitlines()[0]
    assert about.startswith("# ")
    assert "et al." in about


@pytest.mark.parametrize(("name", "counts"), ABLATIONS.items(), ids=ABLATIONS)
def test_counts(name: str, counts: Counts) -> None:
    costs = compiled(name).costs
    assert Counts(costs.parameters, costs.macs) == counts


@pytest.mark.parametrize(("name", "expected"), ZOO.items(), ids=ZOO)
def test_counts_and_outputs_are_the_published_ones(name: str, expected: Network) -> None:
    """The main exit is the last one; the reference leaves some of the others out."""
    found = compiled(name)
    shapes = [found.network[exit.output].shape for exit in found.network.exits]
    sides = tuple(tuple(side for side in shape[:3] if side > 1) for shape in shapes)
    counts = found.costs
    assert Network(counts.parameters, counts.macs, sides[-len(expected.outputs) :]) == expected


def test_specs_are_short() -> None:
    """Half of them take fifteen lines or fewer; comments and blank lines aside."""
    texts = [library.specs()[name].read_text(encoding="utf-8") for name in NETWORKS]
    lines = [[line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"] for text in texts]
    assert median(map(len, lines)) <= 15


@pytest.mark.parametrize(
    ("name", "parameter", "values"),
    [(name, "g", (8, 13, 16)) for name in NETWORKS if name.startswith("ablation_")]
    + [("densenet_bc", "k", (8, 12, 16)), ("densenet_star", "k", (6, 8, 10)), ("densenet_mc", "k", (4, 6, 8))]
    + [("wrn28_10", "widen", (1, 4, 10)), ("nasnet_cell", "n", (1, 2, 6)), ("nasnet_cell", "c", (8, 16, 32))]
    + [("msdnet_imagenet", "spacing", (4, 6, 7)), ("msdnet_cifar_budgeted", "K", (5, 8))]
    + [("msdnet_cifar_anytime", "depth", (12, 18, 24)), ("msdnet_cifar_unreduced", "depth", (12, 18, 24))],
)
def test_one_number_sizes_a_network(name: str, parameter: str, values: tuple[int, ...]) -> None:
    """So that a budget can be met: the more of it, the more multiply-adds; odd growths can be shared, too."""
    macs = [Compilation.of(name, **{parameter: value}).costs.macs for value in values]
    assert macs == sorted(set(macs))


def test_the_ablations_cost_about_the_same() -> None:
    """About 3.0e8 multiply-adds each, so that their accuracies can be compared."""
    ablations = [name for name in NETWORKS if name.startswith("ablation_")]
    assert len(ablations) == 5
    assert all(2.9e8 < compiled(name).costs.macs < 3.2e8 for name in ablations)
