"""The compiled networks compute what the published ones do: logits in float64, to 1e-9."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

import msdl
from tests.library.facts import LOGITS, MSDNET_LOGITS, Logits
from tests.library.fill import fill, image

MSDNETS = {
    "cifar100_anytime_11exits_24layers": ("msdnet_cifar_anytime", {}, 32),
    "cifar100_budgeted_5exits_15layers": ("msdnet_cifar_budgeted", {"K": 5}, 32),
    "imagenet_step4_base4": ("msdnet_imagenet", {}, 224),
}


def logits(name: str, size: int, **settings: int) -> tuple[Tensor, ...]:
    """Every exit's logits, with the weights and the image of fill.py."""
    model = fill(msdl.compile(name, **settings).double().eval())
    with torch.no_grad():
        outputs: tuple[Tensor, ...] = model(image(1, 3, size, size))
    return outputs


def facts(output: Tensor, first: int) -> Logits:
    """The standard deviation is that of the sample, as torch's own is."""
    return Logits(output.mean().item(), output.std().item(), tuple(output.flatten()[:first].tolist()))


def assert_close(found: Logits, expected: Logits) -> None:
    close = pytest.approx([expected.mean, expected.std, *expected.first], rel=0, abs=1e-9)
    assert [found.mean, found.std, *found.first] == close


@pytest.mark.parametrize("published", MSDNETS)
def test_msdnet(published: str) -> None:
    name, settings, size = MSDNETS[published]
    outputs = logits(name, size, **settings)
    for output, expected in zip(outputs, MSDNET_LOGITS[published], strict=True):
        assert_close(facts(output, len(expected.first)), expected)


@pytest.mark.parametrize("name", LOGITS)
def test_other_networks(name: str) -> None:
    size, expected = LOGITS[name]
    (output,) = logits(name, size, classes=10)
    assert output.shape == (1, 10)
    assert_close(facts(output, len(expected.first)), expected)
