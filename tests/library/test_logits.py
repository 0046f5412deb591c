"""The compiled networks compute what the published ones do: outputs in float64, to 1e-9 of their spread."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import msdl
from msdl.compilation import Compilation
from tests.library.facts import MSDNET_LOGITS, Logits
from tests.library.fill import fill, image
from tests.library.outputs import FURTHER, REFERENCED, TRANSCRIBED, Sample

MSDNETS: dict[str, tuple[str, dict[str, int]]] = {
    "cifar100_anytime_11exits_24layers": ("msdnet_cifar_anytime", {}),
    "cifar100_budgeted_5exits_15layers": ("msdnet_cifar_budgeted", {"K": 5}),
    "imagenet_step4_base4": ("msdnet_imagenet", {}),
}


def outputs_of(name: str, **settings: int) -> tuple[Tensor, ...]:
    """What every exit puts out, with the weights and the image of fill.py."""
    channels, height, width, _ = Compilation.of(name, **settings).costs.input
    with torch.device("meta"):  # no random weights first, which would take longer than all the rest
        model = msdl.compile(name, **settings).double().eval()
    fill(model.to_empty(device="cpu"))
    with torch.no_grad():
        outputs: tuple[Tensor, ...] = model(image(1, channels, height, width))
    return outputs


def facts(output: Tensor, first: int) -> Logits:
    """The standard deviation is that of the sample, as torch's own is."""
    return Logits(output.mean().item(), output.std().item(), tuple(output.flatten()[:first].tolist()))


def assert_close(output: Tensor, expected: Logits) -> None:
    found = facts(output, len(expected.first))
    close = pytest.approx([expected.mean, expected.std, *expected.first], rel=0, abs=1e-9 * expected.std)
    assert [found.mean, found.std, *found.first] == close


@pytest.mark.parametrize("published", MSDNETS)
def test_msdnet(published: str) -> None:
    name, settings = MSDNETS[published]
    for output, expected in zip(outputs_of(name, **settings), MSDNET_LOGITS[published], strict=True):
        assert_close(output, expected)


SAMPLES = REFERENCED | FURTHER | TRANSCRIBED


@pytest.mark.parametrize(("name", "sample"), SAMPLES.items(), ids=SAMPLES)
def test_other_networks(name: str, sample: Sample) -> None:
    assert_close(outputs_of(name, **sample.settings)[-1], sample.logits)
