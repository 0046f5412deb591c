"""Two small runs with the same splits, evaluated once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from msdl.training.evaluation import evaluate
from msdl.training.evaluation.results import Evaluation
from msdl.training.evaluation.subject import Subject, subjects
from tests.training.runs import made


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("runs")
    return made(folder / "wide", seed=1, width=6), made(folder / "narrow", seed=2)


@pytest.fixture(scope="session")
def subject(runs: tuple[Path, Path]) -> Subject:
    return subjects(runs[:1])[0]


@pytest.fixture(scope="session")
def evaluation(subject: Subject) -> Evaluation:
    return evaluate([subject], budgets=6, batch_size=100)[0]
