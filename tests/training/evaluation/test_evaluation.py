from __future__ import annotations

from pathlib import Path

import pytest
import torch

from msdl.runtime.errors import InputError
from msdl.runtime.policy import Policy
from msdl.training.evaluation import evaluate
from msdl.training.evaluation.results import Evaluation
from msdl.training.evaluation.subject import Subject, subjects
from msdl.training.scores import scores
from tests.training.runs import made


def test_exits_are_as_right_as_their_logits(subject: Subject, evaluation: Evaluation) -> None:
    known = scores(subject.model, subject.data.test, subject.data.preprocessing)
    assert [exit.accuracy for exit in evaluation.exits] == list(known.accuracies)
    assert [exit.macs for exit in evaluation.exits] == list(subject.macs)
    assert 0 < evaluation.exits[0].ms < evaluation.exits[1].ms < evaluation.exits[2].ms


def test_budgets_are_what_their_policies_do_to_the_test_images(subject: Subject, evaluation: Evaluation) -> None:
    right = evaluation.scores.right
    assert len(evaluation.budgets) == 6
    for budget in evaluation.budgets:
        exits = budget.policy.exits_of(evaluation.scores.logits)
        assert budget.exits.tolist() == exits.tolist()
        assert budget.realised == pytest.approx(sum(subject.macs[exit] for exit in exits) / len(exits))
        assert budget.realised == pytest.approx(sum(s * m for s, m in zip(budget.shares, subject.macs, strict=True)))
        assert budget.accuracy == right[exits, torch.arange(len(exits))].double().mean().item()


def test_budgets_reach_from_the_first_exit_to_the_last(subject: Subject, evaluation: Evaluation) -> None:
    first, last = evaluation.budgets[0], evaluation.budgets[-1]
    assert (first.asked, last.asked) == (subject.macs[0], subject.macs[-1])
    assert first.shares == (1, 0, 0) and last.shares == (0, 0, 1)
    assert last.accuracy == evaluation.last.accuracy


def test_the_size_of_batches_changes_no_answer(subject: Subject, evaluation: Evaluation) -> None:
    other = evaluate([subject], budgets=6, batch_size=64)[0]
    assert [exit.accuracy for exit in other.exits] == [exit.accuracy for exit in evaluation.exits]
    assert [each.realised for each in other.budgets] == [each.realised for each in evaluation.budgets]


def test_a_policy_is_tried_as_well(subject: Subject) -> None:
    found = evaluate([subject], budgets=2, policy=Policy(subject.exits, (None, 0.0)))[0]
    assert found.given and found.given.shares == (0, 1, 0) and found.given.asked is None
    assert found.given.accuracy == found.exits[1].accuracy
    assert len(found.budgets) == 2
    assert found.as_json()["policy"]["realised"] == subject.macs[1]


def test_a_network_with_one_exit_has_no_budgets(tmp_path: Path) -> None:
    found = evaluate(subjects([made(tmp_path / "single", depth=1)]))[0]
    assert len(found.exits) == 1 and found.budgets == ()


def test_json_has_the_numbers_in_plain_words(evaluation: Evaluation) -> None:
    data = evaluation.as_json()
    assert set(data) == {"run", "images", "batch_size", "passes", "threads", "exits", "budgets"}
    assert all(set(exit) == {"name", "accuracy", "macs", "ms"} for exit in data["exits"])
    assert all(set(each) == {"asked", "realised", "accuracy", "ms", "shares"} for each in data["budgets"])
    assert (data["run"], data["images"], data["batch_size"]) == ("wide", len(evaluation.scores.labels), 100)


def test_runs_with_other_test_images_are_not_compared(runs: tuple[Path, Path], tmp_path: Path) -> None:
    other = made(tmp_path / "other", split=5)
    with pytest.raises(InputError, match=r"^'wide' and 'other' can't be compared: of the \d+ test images of the one"):
        subjects([runs[0], other])


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, runs: tuple[Path, Path]) -> None:
    twin = made(tmp_path / "wide")
    assert [subject.name for subject in subjects([runs[0], twin])] == [str(runs[0]), str(twin)]
