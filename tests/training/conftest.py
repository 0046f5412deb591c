"""A small network, and a run of it on digits that tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl.runtime.run import Run
from msdl.training import published
from msdl.training.fit import train

SMALL = """\
network small(classes = 10, depth = 3) {
  input 1 x 8 x 8
  scales 2 { init 4, 8; growth 2, 4 }
  stem conv3x3(init) bn relu
  vertical conv3x3(init)/2 bn relu
  layers depth dense(growth) {
    diagonal conv3x3(share)/2 bn relu
    horizontal conv3x3(share) bn relu
  }
  exits at 1..depth: gap linear(classes)
}
"""


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spec of three exits whose training takes a tenth of a second an epoch."""
    path = tmp_path_factory.mktemp("specs") / "small.msd"
    path.write_text(SMALL)
    return path


MAPS = """\
network maps(classes = 2) {
  input 3 x 16 x 16
  scales 1 { c 12 }
  stem conv3x3(c)/2 bn relu
  layers 2 { horizontal conv3x3(c) bn relu }
  exit at 1: conv1x1(classes, bias)
  exit at 2: upsample(2) conv3x3(c) bn relu conv1x1(classes, bias)
}
"""


@pytest.fixture(scope="session")
def maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A spec of two exits that are maps, the first half as fine as the image."""
    path = tmp_path_factory.mktemp("specs") / "maps.msd"
    path.write_text(MAPS)
    return path


@pytest.fixture(scope="session")
def shapes_run(maps: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """That network, trained to tell discs from the ground in some seconds. Not to be written to."""
    options = published.options("shapes", maps=True, epochs=4)
    return train(maps, "shapes", tmp_path_factory.mktemp("runs") / "shapes", options)


@pytest.fixture(scope="session")
def digits_run(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """That network, trained on digits for ten epochs. Not to be written to."""
    options = published.options("digits", epochs=10, augment="none")
    return train(small, "digits", tmp_path_factory.mktemp("runs") / "digits", options)
