"""Exits that put out maps, under engines that need no compiler; all that makes maps of another size is in a network."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from msdl.runtime.anytime import monotone, predict
from msdl.runtime.opened import engine_of
from msdl.runtime.trained import Trained, trained
from tests.runtime.engines.networks import exported

SPEC = """\
network several(classes = 4) {
  input 3 x 19 x 22
  scales 3 { width 6 * s }
  stem conv3x3(width) bn relu
  sweep down enc {
    vertical maxpool2x2/2
    then conv3x3(width) bn relu
  }
  sweep up on 1..2 {
    horizontal conv1x1(width)
    vertical conv1x1(width) unpool2x2(enc[s+1]) bn
    join add
    then 1 - (conv3x3(width) sigmoid)
  }
  sweep up on 1..2 {
    horizontal crop
    vertical deconv2x2(width, up = 2, bias)
  }
  exit at 1 on scale 3: conv1x1(classes, bias) resize
  exit at 2 on scale 2: conv1x1(classes, bias) resize(nearest)
  exit at end on scale 1: 0.5 * (conv1x1(classes, bias))
}
"""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    path = tmp_path_factory.mktemp("several") / "several.msd"
    path.write_text(SPEC)
    return trained(path)


@pytest.mark.parametrize("target", [None, "onnx", "pt2"])
@pytest.mark.parametrize("count", [1, 3])
def test_engines_give_the_maps_of_the_module(target: str | None, count: int, network: Trained, tmp_path: Path) -> None:
    engine = engine_of(network, "onnx") if target is None else engine_of(exported(network, tmp_path, target))
    images = torch.randn(count, 3, 19, 22, generator=torch.Generator().manual_seed(count))
    with engine.running():
        found = [*engine.outputs(images)]
    with torch.inference_mode():
        wanted = network.model(images)
    for of_engine, of_module in zip(found, wanted, strict=True):
        assert of_engine.shape[:2] == (count, 4)
        torch.testing.assert_close(of_engine, of_module, rtol=1e-4, atol=1e-5)


def test_a_deadline_gives_a_map_of_probabilities(network: Trained) -> None:
    engine = engine_of(network, "torch")
    images = torch.randn(2, 3, 19, 22)
    for seconds, exit in ((1e-9, 0), (1e9, 2)):
        answer = predict(engine, images, seconds)
        assert answer.exit == exit and answer.probabilities.shape[:2] == (2, 4)
        torch.testing.assert_close(answer.probabilities.sum(1), torch.ones_like(answer.probabilities[:, 0]))


def test_answers_of_one_size_agree_from_exit_to_exit() -> None:
    """Where every map is as large, the product of exits is taken pixel by pixel."""
    maps = torch.randn(3, 2, 4, 5, 6, generator=torch.Generator().manual_seed(0)).double()
    of_maps = [*monotone(maps, 3)]
    for row, column in ((0, 0), (4, 5)):
        alone = [*monotone(maps[..., row, column], 3)]
        for whole, pixel in zip(of_maps, alone, strict=True):
            torch.testing.assert_close(whole[..., row, column], pixel)
