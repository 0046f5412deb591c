"""A trained run that tests share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from msdl.runtime.trained import Trained, trained
from tests.deployment.networks import digits


@pytest.fixture(scope="session")
def trained_once(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Not to be written to."""
    return digits(tmp_path_factory.mktemp("runs") / "digits")


@pytest.fixture
def run(trained_once: Trained, tmp_path: Path) -> Trained:
    """A copy of it, for a test alone."""
    assert trained_once.run is not None
    return trained(shutil.copytree(trained_once.run.folder, tmp_path / "run"))
